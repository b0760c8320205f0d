"""Asking what a reader has, in one read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select
from sqlalchemy.orm import Session

from paywall.entitlements.rules import Entitlement, Source, Standing
from paywall.entitlements.tables import EntitlementRow
from paywall.readers.finding import is_signed_in
from paywall.readers.tables import Reader


@dataclass(frozen=True, slots=True)
class ReaderRights:
    """What a reader has or had, and the number that passes built on it must carry."""

    access_number: int
    is_staff: bool
    entitlements: tuple[Entitlement, ...]

    def is_suspended(self, now: datetime) -> bool:
        """Tell whether something would let the reader in at `now`, were it not suspended."""
        return any(one.suspended and now < one.valid_until for one in self.entitlements)

    def owes(self, now: datetime) -> bool:
        """Tell whether a payment is missing for something that would let the reader in again once it is made."""
        return any(one.standing is Standing.IN_GRACE and now >= one.valid_until for one in self.entitlements)


def rights_of(
    transaction: Session | Connection, publisher_id: int, reader_id: int, sign_in_id: int | None = None
) -> ReaderRights | None:
    """Return a publisher's reader's rights, numbers and entitlements of one moment; None if there is no such reader.

    With a `sign_in_id` also where that sign-in of the reader's has ended.
    """
    asked = {"publisher_id": publisher_id, "reader_id": reader_id, "sign_in_id": sign_in_id}
    rows: Sequence[Any] = transaction.execute(_question(is_under_sign_in=sign_in_id is not None), asked).all()
    if not rows:
        return None
    return ReaderRights(rows[0][0], rows[0][1], tuple(_entitlement(*row[2:]) for row in rows if row[2] is not None))


@cache
def _question(*, is_under_sign_in: bool) -> Select[*tuple[Any, ...]]:
    """Return the statement, made once, column by column: on the way to an article, whole rows would cost too much."""
    row = EntitlementRow
    held = (row.reader_id, row.source, row.source_id, row.standing, row.paid_through_at, row.valid_until, row.suspended)
    mine = (Reader.publisher_id == bindparam("publisher_id"), Reader.id == bindparam("reader_id"), Reader.active)
    query = select(Reader.access_number, Reader.is_staff, *held).outerjoin(row, row.reader_id == Reader.id).where(*mine)
    return query.where(is_signed_in(Reader.id, bindparam("sign_in_id"))) if is_under_sign_in else query


def _entitlement(  # noqa: PLR0913, PLR0917 - the columns of `_question`, in their order
    reader_id: int,
    source: str,
    source_id: str,
    standing: str,
    paid_through_at: datetime | None,
    valid_until: datetime,
    suspended: bool,
) -> Entitlement:
    return Entitlement(
        reader_id, Source(source), source_id, Standing(standing), paid_through_at, valid_until, suspended
    )


def entitlements_of(session: Session, reader_id: int) -> list[Entitlement]:
    """Return all that a reader has or had."""
    rows = session.scalars(select(EntitlementRow).where(EntitlementRow.reader_id == reader_id))
    return [row.value for row in rows]


def entitlements_among(session: Session, reader_ids: Collection[int]) -> dict[int, list[Entitlement]]:
    """Return all that each of some readers has or had, by reader; an empty list for who never had anything."""
    found: dict[int, list[Entitlement]] = {reader_id: [] for reader_id in reader_ids}
    for row in session.scalars(select(EntitlementRow).where(EntitlementRow.reader_id.in_(reader_ids))):
        found[row.reader_id].append(row.value)
    return found


def rows_of(session: Session, reader_id: int) -> Sequence[EntitlementRow]:
    """Return the rows of all that a reader has or had, the one that was given last first."""
    query = select(EntitlementRow).where(EntitlementRow.reader_id == reader_id)
    return session.scalars(query.order_by(EntitlementRow.created_at.desc(), EntitlementRow.id.desc())).all()
