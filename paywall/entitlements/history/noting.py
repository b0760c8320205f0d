"""Writing down what has happened to a right to read, in the transaction that caused it.

The caller holds the reader (`hold_reader`), so that the numbers of a reader's events have no gap and are given out in
the order of what happened.
"""

import secrets
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paywall import clock
from paywall.entitlements.reading import entitlements_among
from paywall.entitlements.rules import Entitlement, Turn, turn_between
from paywall.entitlements.tables import AccessEvent, EntitlementRow
from paywall.readers.finding import hold_reader


class Step(NamedTuple):
    """What a right was, if it was there, and what it is now."""

    publisher_id: int
    before: Entitlement | None
    after: Entitlement

    @property
    def kept(self) -> Entitlement | None:
        """What its reader had of it before."""
        return self.before if self.before and self.before.reader_id == self.after.reader_id else None

    @property
    def lost(self) -> Entitlement | None:
        """What another reader had of it before."""
        return self.before if self.kept is None else None


class _Happening(NamedTuple):
    publisher_id: int
    turn: Turn
    right: Entitlement
    now: datetime
    occurred_at: datetime
    cause: str | None = None


def note_turn(
    session: Session, publisher_id: int, before: Entitlement | None, after: Entitlement, now: datetime
) -> None:
    """Note what a change of a right means for its reader, if anything; the change is stored, `now` is business time.

    A right that went to another reader has ended for the first one.
    """
    note_turns(session, [Step(publisher_id, before, after)], now)


def note_turns(session: Session, steps: Sequence[Step], now: datetime) -> None:
    """Note what changes of rights mean for their readers, each another, as `note_turn` does."""
    for step in steps:
        if step.lost is not None:
            _note_loss(session, step.publisher_id, step.lost, now)
    turns = ((turn_between(step.kept, step.after, now), step) for step in steps)
    _write(session, [_Happening(one.publisher_id, turn, one.after, now, now) for turn, one in turns if turn])


def _note_loss(session: Session, publisher_id: int, right: Entitlement, now: datetime) -> None:
    hold_reader(session, right.reader_id)
    if turn_between(None, right, now) is not None:
        _write(session, [_Happening(publisher_id, Turn.ENDED, right, now, now)])


def note_end(session: Session, row: EntitlementRow, now: datetime) -> bool:
    """Note that a right has run out by itself, if it has and nobody did yet; returns whether it was new.

    The caller holds the row, too.
    """
    return note_ends(session, [row], now) > 0


def note_ends(session: Session, rows: Iterable[EntitlementRow], now: datetime) -> int:
    """Note which rights of different readers have run out by themselves, as `note_end` does; returns how many."""
    over = [row for row in rows if not row.end_is_told and row.valid_until <= now]
    for row in over:
        row.end_is_told = True
    _write(session, [_run_out(row, now) for row in over])
    return len(over)


def _run_out(row: EntitlementRow, now: datetime) -> _Happening:
    cause = f"time:{row.source}:{row.source_id}:{row.valid_until.isoformat()}"
    return _Happening(row.publisher_id, Turn.ENDED, row.value, now, row.valid_until, cause)


def _write(session: Session, happenings: Sequence[_Happening]) -> None:
    """Write events of different readers, after what they tell of."""
    if not happenings:
        return
    session.flush()
    readers = [one.right.reader_id for one in happenings]
    rights, last = entitlements_among(session, readers), _last_numbers(session, readers)
    for one in happenings:
        reader_id = one.right.reader_id
        ends = [right.valid_until for right in rights[reader_id] if right.grants_access(one.now)]
        session.add(_event(one, last.get(reader_id, 0) + 1, ends))
    session.flush()


def _event(what: _Happening, number: int, ends: Collection[datetime]) -> AccessEvent:
    right = what.right
    return AccessEvent(
        public_id=f"evt_{secrets.token_hex(12)}",
        publisher_id=what.publisher_id,
        reader_id=right.reader_id,
        sequence=number,
        cause=what.cause or f"reader:{right.reader_id}:{number}",
        turn=what.turn.value,
        source=right.source.value,
        source_id=right.source_id,
        standing=right.standing.value,
        valid_until=right.valid_until,
        has_access=bool(ends),
        access_until=max(ends, default=None),
        occurred_at=what.occurred_at,
        noted_at=clock.wall(),
    )


def _last_numbers(session: Session, readers: Collection[int]) -> dict[int, int]:
    mine = select(AccessEvent.reader_id, func.max(AccessEvent.sequence)).where(AccessEvent.reader_id.in_(readers))
    return {row[0]: row[1] for row in session.execute(mine.group_by(AccessEvent.reader_id))}
