"""The movements of money on some invoices, whatever became of them: what a reader's page tells, newest first."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
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


def movements_on(session: Session, invoice_ids: Collection[str], most: int) -> list[Moved]:
    """Return the newest movements of each kind on the invoices of those Stripe ids, at most so many of a kind."""
    if not invoice_ids:
        return []
    kinds: tuple[tuple[str, type[Movement]], ...] = (("payment", Payment), ("refund", Refund), ("dispute", Dispute))
    found = [moved for kind, table in kinds for moved in _of_a_kind(session, kind, table, invoice_ids, most)]
    return sorted(found, key=lambda moved: (moved.at, moved.stripe_id), reverse=True)


def _of_a_kind(
    session: Session, kind: str, table: type[Movement], invoice_ids: Collection[str], most: int
) -> Iterator[Moved]:
    query = select(table).where(table.invoice_id.in_(list(invoice_ids))).order_by(table.at.desc(), table.id.desc())
    for row in session.scalars(query.limit(most)):
        status = getattr(row, "status", "")
        yield Moved(row.at, kind, status, Money(row.amount_minor, row.currency), row.invoice_id, row.stripe_id)
