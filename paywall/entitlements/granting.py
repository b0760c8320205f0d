"""Giving, moving and taking back a right to read. Whoever takes one back also ends the passes that were built on it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from paywall import clock
from paywall.entitlements.history.noting import Step, note_ends, note_turns
from paywall.entitlements.rules import Entitlement, Source
from paywall.entitlements.tables import EntitlementRow
from paywall.readers.ending import end_access_of
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
        _add(session, [grant], now)
    else:
        _move(session, [(row, grant)], now)


def set_entitlements(session: Session, grants: Sequence[Grant]) -> None:
    """Store entitlements of different readers, each as `set_entitlement` does, in few statements."""
    now, living = clock.now(), hold_readers(session, {one.entitlement.reader_id for one in grants})
    there = _rows_named(session, [one.entitlement.source_id for one in grants])
    new, moving = [], []
    for grant in grants:
        right = grant.entitlement
        row = there.get((right.source.value, right.source_id))
        if right.reader_id not in living or (row is not None and row.reader_id != right.reader_id):
            set_entitlement(session, grant)
        elif row is None:
            new.append(grant)
        else:
            moving.append((row, grant))
    _add(session, new, now)
    _move(session, moving, now)


def end_entitlement(session: Session, source: Source, source_id: str, now: datetime) -> None:
    """End what a source gives, at once and in every process; does nothing where it has ended or never was."""
    end_entitlements(session, source, [source_id], now)


def end_entitlements(session: Session, source: Source, source_ids: Collection[str], now: datetime) -> None:
    """End what some ids of a source give, each as `end_entitlement` does."""
    _end(session, (EntitlementRow.source == source.value) & EntitlementRow.source_id.in_(source_ids), now)


def end_all(session: Session, reader_ids: Collection[int], now: datetime) -> None:
    """End whatever lets some readers in, or would if it were not suspended, at once and in every process."""
    _end(session, EntitlementRow.reader_id.in_(reader_ids), now)


def _end(session: Session, which: ColumnElement[bool], now: datetime) -> None:
    hold_readers(session, set(session.scalars(select(EntitlementRow.reader_id).where(which))))
    rows = session.scalars(select(EntitlementRow).where(which).order_by(EntitlementRow.id).with_for_update())
    for some in _one_of_each([row for row in rows if row.valid_until > now]):
        before = [row.value for row in some]
        for row in some:
            row.valid_until, row.paid_through_at, row.end_is_told = now, None, True
        end_access_of(session, [row.reader_id for row in some])
        _note(session, some, before, now)


def _one_of_each(rows: Sequence[EntitlementRow]) -> Iterator[list[EntitlementRow]]:
    """Yield the first row of each reader, then the second of each who has one, and so on."""
    by_reader: dict[int, list[EntitlementRow]] = {}
    for row in rows:
        by_reader.setdefault(row.reader_id, []).append(row)
    for some in zip_longest(*by_reader.values()):
        yield [row for row in some if row is not None]


def _add(session: Session, grants: Sequence[Grant], now: datetime) -> None:
    session.add_all([_new_row(grant, now) for grant in grants])
    note_turns(session, [Step(grant.publisher_id, None, grant.entitlement) for grant in grants], now)


def _move(session: Session, moving: Sequence[tuple[EntitlementRow, Grant]], now: datetime) -> None:
    rows = [row for row, _ in moving]
    note_ends(session, rows, now)  # an end that came by itself is told before what follows it
    before = [row.value for row in rows]
    end_access_of(session, [row.reader_id for row, grant in moving if _loses(row, grant.entitlement)])
    for row, grant in moving:
        _store(row, grant, now)
    _note(session, rows, before, now)


def _store(row: EntitlementRow, grant: Grant, now: datetime) -> None:
    wanted = grant.entitlement
    row.reader_id, row.publisher_id = wanted.reader_id, grant.publisher_id
    row.standing, row.suspended = wanted.standing, wanted.suspended
    row.paid_through_at, row.valid_until = wanted.paid_through_at, wanted.valid_until
    row.end_is_told = wanted.valid_until <= now


def _note(session: Session, rows: Sequence[EntitlementRow], before: Sequence[Entitlement], now: datetime) -> None:
    steps = [Step(row.publisher_id, was, row.value) for row, was in zip(rows, before, strict=True)]
    note_turns(session, steps, now)


def _rows_named(session: Session, source_ids: Collection[str]) -> dict[tuple[str, str], EntitlementRow]:
    query = select(EntitlementRow).where(EntitlementRow.source_id.in_(source_ids)).order_by(EntitlementRow.id)
    return {(row.source, row.source_id): row for row in session.scalars(query.with_for_update())}


def _is_erased(session: Session, reader_id: int) -> bool:
    return session.scalar(select(Reader.active).where(Reader.id == reader_id)) is False


def _loses(row: EntitlementRow, wanted: Entitlement) -> bool:
    """Tell whether the row's reader has less by what is wanted."""
    is_less = wanted.valid_until < row.valid_until or (wanted.suspended and not row.suspended)
    return is_less or row.reader_id != wanted.reader_id


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
