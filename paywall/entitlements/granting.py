"""Giving, moving and taking back a right to read. Whoever takes one back also ends the passes that were built on it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from paywall import clock
from paywall.entitlements.rules import Entitlement, Source
from paywall.entitlements.tables import EntitlementRow
from paywall.readers.ending import end_access


@dataclass(frozen=True, slots=True)
class Grant:
    """The state that an entitlement should have from now on."""

    publisher_id: int
    entitlement: Entitlement
    reason: str = ""


def set_entitlement(session: Session, grant: Grant) -> None:
    """Store the state of one source's entitlement; a reader who loses by it loses at once, in every process.

    Works in the caller's transaction; the caller makes sure that nobody else writes the same source just then.
    """
    wanted = grant.entitlement
    query = select(EntitlementRow).where(
        EntitlementRow.source == wanted.source, EntitlementRow.source_id == wanted.source_id
    )
    row = session.scalar(query.with_for_update())
    if row is None:
        session.add(_new_row(grant))
        return
    if _is_less(row, wanted) or row.reader_id != wanted.reader_id:
        end_access(session, row.reader_id)
    row.reader_id, row.publisher_id = wanted.reader_id, grant.publisher_id
    row.standing, row.suspended = wanted.standing, wanted.suspended
    row.paid_through_at, row.valid_until = wanted.paid_through_at, wanted.valid_until


def end_entitlement(session: Session, source: Source, source_id: str, now: datetime) -> None:
    """End what a source gives, at once and in every process; does nothing where it has ended or never was."""
    which = (EntitlementRow.source == source.value) & (EntitlementRow.source_id == source_id)
    row = session.scalar(select(EntitlementRow).where(which, EntitlementRow.valid_until > now).with_for_update())
    if row is not None:
        row.valid_until, row.paid_through_at = now, None
        end_access(session, row.reader_id)


def _is_less(row: EntitlementRow, wanted: Entitlement) -> bool:
    return wanted.valid_until < row.valid_until or (wanted.suspended and not row.suspended)


def _new_row(grant: Grant) -> EntitlementRow:
    wanted = grant.entitlement
    return EntitlementRow(
        publisher_id=grant.publisher_id,
        reader_id=wanted.reader_id,
        source=wanted.source,
        source_id=wanted.source_id,
        standing=wanted.standing,
        paid_through_at=wanted.paid_through_at,
        valid_until=wanted.valid_until,
        suspended=wanted.suspended,
        reason=grant.reason,
        created_at=clock.now(),
    )
