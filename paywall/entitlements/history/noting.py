"""Writing down what has happened to a right to read, in the transaction that caused it.

The caller holds the reader (`hold_reader`), so that the numbers of a reader's events have no gap and are given out in
the order of what happened.
"""

import secrets
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paywall import clock
from paywall.entitlements.reading import entitlements_of
from paywall.entitlements.rules import Entitlement, Turn, turn_between
from paywall.entitlements.tables import AccessEvent, EntitlementRow
from paywall.readers.finding import hold_reader


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
    if before is not None and before.reader_id != after.reader_id:
        hold_reader(session, before.reader_id)
        if turn_between(None, before, now) is not None:
            _write(session, _Happening(publisher_id, Turn.ENDED, before, now, now))
        before = None
    turn = turn_between(before, after, now)
    if turn is not None:
        _write(session, _Happening(publisher_id, turn, after, now, now))


def note_end(session: Session, row: EntitlementRow, now: datetime) -> bool:
    """Note that a right has run out by itself, if it has and nobody did yet; returns whether it was new.

    The caller holds the row, too.
    """
    if row.end_is_told or now < row.valid_until:
        return False
    row.end_is_told = True
    cause = f"time:{row.source}:{row.source_id}:{row.valid_until.isoformat()}"
    _write(session, _Happening(row.publisher_id, Turn.ENDED, row.value, now, row.valid_until, cause))
    return True


def _write(session: Session, what: _Happening) -> None:
    right = what.right
    session.flush()
    ends = [one.valid_until for one in entitlements_of(session, right.reader_id) if one.grants_access(what.now)]
    number = _next_number(session, right.reader_id)
    session.add(
        AccessEvent(
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
    )
    session.flush()


def _next_number(session: Session, reader_id: int) -> int:
    last = session.scalar(select(func.max(AccessEvent.sequence)).where(AccessEvent.reader_id == reader_id))
    return (last or 0) + 1
