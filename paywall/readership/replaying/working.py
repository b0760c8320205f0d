"""Working at questions: stored views are read holder by holder, a part of all holders at a time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import Row, or_, select, update
from structlog import get_logger

from paywall import clock
from paywall.database import Database
from paywall.meter.windows import WindowRule
from paywall.publishers.profiles import read_profile
from paywall.readership.holders import MOST as ALL_HOLDERS
from paywall.readership.replaying.asking import PARTS, Question, rule_of, words_of
from paywall.readership.replaying.rules import Tally, View, Windows, add_holder
from paywall.readership.tables import ReadView, Replay

log = get_logger()
LOOK_SECONDS = 1
LEASE = timedelta(minutes=2)
LONGEST = timedelta(minutes=10)
"""Work that takes longer is given up: a shorter period may be asked for."""
HOLDERS_AT_ONCE = 256
"""So many are gone through before it is asked whether that is enough."""
_SAID_EVERY = 4


class Tallies(NamedTuple):
    """What is counted: visitors and readers have different allowances."""

    visitors: Tally
    readers: Tally


class _Task(NamedTuple):
    number: int
    question: Question
    rule: WindowRule


def work_off(database: Database, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Answer every question that waits, until somebody stops; returns how many were answered.

    What is stopped in the middle waits again, and the next to look takes it up.
    """
    done = 0
    while not is_stopping() and (task := _take(database)):
        done += _work(database, task, is_stopping)
    return done


def replay(
    database: Database,
    question: Question,
    rule: WindowRule,
    parts: int = PARTS,
    is_enough: Callable[[], bool] = lambda: False,
) -> Iterator[Tallies]:
    """Go through the stored views of a question; yields the same tallies after each part, the last time complete.

    Ends early where `is_enough` says so, asked before each part and every so many holders within.
    """
    tallies, windows = Tallies(Tally(), Tally()), Windows(rule)
    filled_from = windows.start_of(question.since)
    size = -(-ALL_HOLDERS // parts)
    for number in range(parts):
        if is_enough():
            return
        rows = _rows(database, question, filled_from, (number * size, (number + 1) * size))
        for count, (_, of_one) in enumerate(groupby(rows, key=lambda row: row[0]), start=1):
            if count % HOLDERS_AT_ONCE == 0 and is_enough():
                return
            _add(tallies, list(of_one), windows, question.since)
        yield tallies


def _add(tallies: Tallies, rows: list[Row[int, int, int, int, bool]], windows: Windows, since: int) -> None:
    is_reader = bool(rows[0][4])
    views = [View(row[1], row[2], row[3]) for row in rows]
    tally = tallies.readers if is_reader else tallies.visitors
    add_holder(tally, views, is_reader=is_reader, windows=windows, since=since)


def _rows(
    database: Database, question: Question, filled_from: int, holders: tuple[int, int]
) -> Sequence[Row[int, int, int, int, bool]]:
    columns = (ReadView.holder, ReadView.at, ReadView.article_id, ReadView.outcome, ReadView.is_reader)
    mine = (ReadView.publisher_id == question.publisher_id, ReadView.meter_id == question.meter_id)
    # the last part ends at the greatest number that the databases know
    part = ReadView.holder.between(holders[0], min(holders[1], ALL_HOLDERS) - 1)
    time = (ReadView.at >= filled_from, ReadView.at < question.until)
    query = select(*columns).where(*mine, part, *time).order_by(ReadView.holder, ReadView.at, ReadView.id)
    with database.looking() as connection:
        return connection.execute(query).all()


def _take(database: Database) -> _Task | None:
    wall = clock.wall()
    is_free = or_(Replay.taken_until.is_(None), Replay.taken_until < wall)
    waiting = (Replay.wanted_at.is_not(None), is_free)
    first = select(Replay.id).where(*waiting).order_by(Replay.wanted_at, Replay.id).limit(1)
    with database.reading() as session:  # mostly nobody waits, and then nobody's writing is held up
        if session.scalar(first) is None:
            return None
    with database.writing() as session:
        take = update(Replay).where(Replay.id == first.scalar_subquery(), *waiting).returning(*_TAKEN)
        row = session.execute(take.values(taken_until=wall + LEASE, parts_done=0)).first()
        if row is None:
            return None
        profile = read_profile(session, row.publisher_id)
    question = Question(row.publisher_id, row.meter_id, row.since, row.until)
    meter = next((one for one in profile.meters if one.id == row.meter_id), profile.default_meter)
    return _Task(row.id, question, rule_of(profile, meter))


_TAKEN = (Replay.id, Replay.publisher_id, Replay.meter_id, Replay.since, Replay.until)


def _work(database: Database, task: _Task, is_stopping: Callable[[], bool]) -> bool:
    """Answer a question, or give it up where it takes too long; returns False where somebody stopped it."""
    made_at, ends_at = clock.now(), clock.wall() + LONGEST
    tallies = _complete(database, task, lambda: is_stopping() or clock.wall() > ends_at)
    if tallies is None and is_stopping():
        _let_go(database, task)
        return False
    if tallies is None:
        log.warning("replay given up", question=task.number)
    _finish(database, task, made_at, tallies)
    return True


def _complete(database: Database, task: _Task, is_enough: Callable[[], bool]) -> Tallies | None:
    """Return the complete tallies; None if it was enough before."""
    for number, so_far in enumerate(replay(database, task.question, task.rule, is_enough=is_enough), start=1):
        if number == PARTS:
            return so_far
        if number % _SAID_EVERY == 0:
            _say(database, task, number)
    return None


def _let_go(database: Database, task: _Task) -> None:
    with database.writing() as session:
        session.execute(update(Replay).where(Replay.id == task.number).values(taken_until=None, parts_done=0))


def _say(database: Database, task: _Task, parts: int) -> None:
    with database.writing() as session:
        said = update(Replay).where(Replay.id == task.number)
        session.execute(said.values(parts_done=parts, taken_until=clock.wall() + LEASE))


def _finish(database: Database, task: _Task, made_at: datetime, tallies: Tallies | None) -> None:
    found = None if tallies is None else {name: asdict(one) for name, one in tallies._asdict().items()}
    values = {"answer": found, "made_at": made_at, "wanted_at": None, "taken_until": None, "parts_done": PARTS}
    with database.writing() as session:
        done = update(Replay).where(Replay.id == task.number)
        session.execute(done.values(**values, rules=words_of(task.rule)))
