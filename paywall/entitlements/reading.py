"""Asking what a reader has, in one read."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from paywall.entitlements.rules import Entitlement, Standing
from paywall.entitlements.tables import EntitlementRow
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


def rights_of(session: Session, publisher_id: int, reader_id: int) -> ReaderRights | None:
    """Return a publisher's reader's rights, numbers and entitlements of one moment; None if there is no such reader."""
    query = (
        select(Reader.access_number, Reader.is_staff, EntitlementRow)
        .outerjoin(EntitlementRow, EntitlementRow.reader_id == Reader.id)
        .where(Reader.publisher_id == publisher_id, Reader.id == reader_id, Reader.active)
    )
    rows = session.execute(query).all()
    if not rows:
        return None
    held: list[EntitlementRow | None] = [row[2] for row in rows]
    return ReaderRights(rows[0][0], rows[0][1], tuple(row.value for row in held if row is not None))


def entitlements_of(session: Session, reader_id: int) -> list[Entitlement]:
    """Return all that a reader has or had."""
    rows = session.scalars(select(EntitlementRow).where(EntitlementRow.reader_id == reader_id))
    return [row.value for row in rows]
