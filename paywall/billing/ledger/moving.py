"""The movements of money on some invoices, whatever became of them: what a reader's page tells, newest first."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from paywall.billing.catalogue.money import Money
from paywall.billing.ledger.tables import Dispute, Movement, Payment, Refund


@dataclass(frozen=True, slots=True)
class Moved:
    """One movement: `kind` is `payment`, `refund` or `dispute`, `status` Stripe's word, empty for a payment."""

    at: datetime
    kind: str
    status: str
    money: Money
    invoice_id: str
    stripe_id: str


def movements_on(
    session: Session, invoice_ids: Collection[str], most: int, before: datetime | None = None
) -> list[Moved]:
    """Return the newest movements of each kind on the invoices of those Stripe ids, at most so many of a kind.

    Only those before a moment, if one is given.
    """
    if not invoice_ids:
        return []
    kinds: tuple[tuple[str, type[Movement]], ...] = (("payment", Payment), ("refund", Refund), ("dispute", Dispute))
    found = [
        moved
        for kind, table in kinds
        for moved in _of_a_kind(session, kind, _on(table, invoice_ids, before).limit(most))
    ]
    return sorted(found, key=lambda moved: (moved.at, moved.stripe_id), reverse=True)


def _on(table: type[Movement], invoice_ids: Collection[str], before: datetime | None) -> Select[Movement]:
    query = select(table).where(table.invoice_id.in_(list(invoice_ids)))
    if before is not None:
        query = query.where(table.at < before)
    return query.order_by(table.at.desc(), table.id.desc())


def _of_a_kind(session: Session, kind: str, query: Select[Movement]) -> Iterator[Moved]:
    for row in session.scalars(query):
        status = getattr(row, "status", "")
        yield Moved(row.at, kind, status, Money(row.amount_minor, row.currency), row.invoice_id, row.stripe_id)
