"""Questions about stored views: put down by a page, worked at elsewhere, answered from the table from then on."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from paywall.database import Database, insert_once
from paywall.meter.windows import WindowRule
from paywall.publishers.rules import MeterRules, Profile
from paywall.readership.replaying.rules import Tally
from paywall.readership.tables import Replay

PARTS = 64
"""Holders are gone through in so many parts."""
MOST_WAITING = 20
"""Questions of one publisher that may wait at a time."""


class Now(NamedTuple):
    """Business time, which views go by, and the machine's, which work goes by."""

    business: datetime
    wall: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """What happened on one meter from `since` up to but without `until` (epoch seconds), and what might have."""

    publisher_id: int
    meter_id: int
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Answer:
    """How far the work is, and what came of it: a tally of visitors and one of readers, true at `made_at`."""

    share_done: float
    made_at: datetime | None
    visitors: Tally | None
    readers: Tally | None

    @property
    def is_there(self) -> bool:
        """True where there are figures."""
        return self.visitors is not None and self.readers is not None


def rule_of(profile: Profile, meter: MeterRules) -> WindowRule:
    """Return the window of a meter."""
    return WindowRule(meter.window_kind, meter.rolling_days, profile.timezone)


def answer_to(session: Session, question: Question, rule: WindowRule) -> Answer | None:
    """Return what is known; None if nobody has asked under that rule."""
    row = session.scalar(select(Replay).where(*_which(question)))
    if row is None or row.rules != words_of(rule):
        return None
    found = row.answer or {}
    share = 1.0 if row.wanted_at is None else row.parts_done / PARTS
    return Answer(share, row.made_at, _tally(found.get("visitors")), _tally(found.get("readers")))


def ask(database: Database, question: Question, rule: WindowRule, now: Now, every: timedelta) -> None:
    """Have the question answered, unless it waits already or was answered within `every` before now."""
    with database.reading() as session:
        row = session.scalar(select(Replay).where(*_which(question)))
        if (row is not None and _is_good(row, question, rule, now, every)) or _many_wait(session, question):
            return
    with database.writing() as session:
        asked: dict[str, object] = {"rules": words_of(rule), "wanted_at": now.wall, "parts_done": 0}
        if not insert_once(session, Replay, {**asdict(question), **asked}):
            session.execute(update(Replay).where(*_which(question), Replay.wanted_at.is_(None)).values(**asked))


def words_of(rule: WindowRule) -> str:
    """Return a rule as it is kept beside an answer."""
    return f"{rule.kind.value} {rule.days or ''} {rule.timezone}"


def _is_good(row: Replay, question: Question, rule: WindowRule, now: Now, every: timedelta) -> bool:
    """Tell whether nobody needs to work at it: it waits, was made when its period was over, or is not old."""
    if row.wanted_at is not None or row.made_at is None:
        return True
    is_final = row.made_at.timestamp() >= question.until
    return row.rules == words_of(rule) and (is_final or now.business - row.made_at < every)


def _many_wait(session: Session, question: Question) -> bool:
    waiting = select(Replay.id).where(Replay.publisher_id == question.publisher_id, Replay.wanted_at.is_not(None))
    return len(session.execute(waiting.limit(MOST_WAITING)).all()) == MOST_WAITING


def _which(question: Question) -> tuple[ColumnElement[bool], ...]:
    return (
        Replay.publisher_id == question.publisher_id,
        Replay.meter_id == question.meter_id,
        Replay.since == question.since,
        Replay.until == question.until,
    )


def _tally(found: dict[str, Any] | None) -> Tally | None:
    return None if found is None else Tally(**found)
