"""Giving, moving and taking back a right to read. Whoever takes one back also ends the passes that were built on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from paywall import clock
from paywall.entitlements.history.noting import note_end, note_first, note_turn
from paywall.entitlements.rules import Entitlement, Source
from paywall.entitlements.tables import EntitlementRow
from paywall.readers.ending import end_access
from paywall.readers.finding import hold_reader, hold_readers
from paywall.readers.tables import Reader


@dataclass(frozen=True, slots=True)
class Grant:
    """The state that an entitlement should have from now on."""

    publisher_id: int
    entitlement: Entitlement
    reason: str = ""


def set_entitlement(session: Session, grant: Grant) -> None:
    """Store the state of one source's entitlement; a reader who loses by it loses at once, in every process.

    Works in the caller's transaction; the caller makes sure that nobody else writes the same source just then. What
    the reader notices of it goes into the history. Who was erased is given nothing: what is open ends.
    """
    wanted, now = grant.entitlement, clock.now()
    hold_reader(session, wanted.reader_id)
    if _is_erased(session, wanted.reader_id):
        end_entitlement(session, wanted.source, wanted.source_id, now)
        return
    query = select(EntitlementRow).where(
        EntitlementRow.source == wanted.source, EntitlementRow.source_id == wanted.source_id
    )
    row = session.scalar(query.with_for_update())
    if row is None:
        session.add(_new_row(grant, now))
        note_turn(session, grant.publisher_id, None, wanted, now)
        return
    note_end(session, row, now)  # an end that came by itself is told before what follows it
    before = row.value
    if _is_less(row, wanted) or row.reader_id != wanted.reader_id:
        end_access(session, row.reader_id)
    row.reader_id, row.publisher_id = wanted.reader_id, grant.publisher_id
    row.standing, row.suspended = wanted.standing, wanted.suspended
    row.paid_through_at, row.valid_until = wanted.paid_through_at, wanted.valid_until
    row.end_is_told = wanted.valid_until <= now
    note_turn(session, grant.publisher_id, before, wanted, now)


def set_entitlements(session: Session, grants: Sequence[Grant]) -> None:
    """Store entitlements of different readers, each as `set_entitlement` does; those that are new in few statements."""
    now, living = clock.now(), hold_readers(session, {one.entitlement.reader_id for one in grants})
    names = [one.entitlement.source_id for one in grants]
    query = select(EntitlementRow.source, EntitlementRow.source_id).where(EntitlementRow.source_id.in_(names))
    there = {(row.source, row.source_id) for row in session.execute(query)}
    new = []
    for grant in grants:
        right = grant.entitlement
        if right.reader_id in living and (right.source.value, right.source_id) not in there:
            new.append(grant)
        else:
            set_entitlement(session, grant)
    session.add_all([_new_row(grant, now) for grant in new])
    note_first(session, [(grant.publisher_id, grant.entitlement) for grant in new], now)


def end_entitlement(session: Session, source: Source, source_id: str, now: datetime) -> None:
    """End what a source gives, at once and in every process; does nothing where it has ended or never was."""
    which = (EntitlementRow.source == source.value) & (EntitlementRow.source_id == source_id)
    reader_id = session.scalar(select(EntitlementRow.reader_id).where(which))
    if reader_id is None:
        return
    hold_reader(session, reader_id)
    row = session.scalar(select(EntitlementRow).where(which).with_for_update())
    if row is not None:
        _end(session, row, now)


def end_all(session: Session, reader_id: int, now: datetime) -> None:
    """End whatever lets a reader in, or would if it were not suspended, at once and in every process."""
    hold_reader(session, reader_id)
    mine = select(EntitlementRow).where(EntitlementRow.reader_id == reader_id).order_by(EntitlementRow.id)
    for row in session.scalars(mine.with_for_update()).all():
        _end(session, row, now)


def _end(session: Session, row: EntitlementRow, now: datetime) -> None:
    if row.valid_until > now:
        before = row.value
        row.valid_until, row.paid_through_at, row.end_is_told = now, None, True
        end_access(session, row.reader_id)
        note_turn(session, row.publisher_id, before, row.value, now)


def _is_erased(session: Session, reader_id: int) -> bool:
    return session.scalar(select(Reader.active).where(Reader.id == reader_id)) is False


def _is_less(row: EntitlementRow, wanted: Entitlement) -> bool:
    return wanted.valid_until < row.valid_until or (wanted.suspended and not row.suspended)


def _new_row(grant: Grant, now: datetime) -> EntitlementRow:
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
        created_at=now,
        end_is_told=wanted.valid_until <= now,
    )
