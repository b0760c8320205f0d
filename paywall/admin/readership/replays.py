"""What the meter's pages need from a replay: the question, the answer as far as it is there, figures in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from paywall import clock
from paywall.admin.dashboard.charts import Chart, Series, draw
from paywall.admin.readership.asking import Period
from paywall.database import Database
from paywall.meter.windows import WindowRule, window_at
from paywall.publishers.rules import MeterRules, Profile, WindowKind
from paywall.readership.replaying.asking import Answer, Now, Question, answer_to, ask, rule_of
from paywall.readership.replaying.rules import MOST as GREATEST
from paywall.readership.replaying.rules import Tally

OFTEN, SELDOM = timedelta(minutes=10), timedelta(hours=1)
"""How old an answer may be whose period goes on."""
DRAWN = 20
"""Allowances, and articles used, that a chart goes up to."""
_UNITS = {WindowKind.DAY: "this day", WindowKind.WEEK: "this week", WindowKind.MONTH: "this month"}
Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its chart; cells are plain figures."""

    header: Cells
    rows: Sequence[Cells]
    chart: Chart


class Pair(NamedTuple):
    """What a replay has found of visitors and of readers."""

    visitors: Tally
    readers: Tally


def pair_of(answer: Answer | None) -> Pair | None:
    """Return the figures of an answer; None where there are none yet."""
    if answer is None or answer.visitors is None or answer.readers is None:
        return None
    return Pair(answer.visitors, answer.readers)


def window_question(profile: Profile, meter: MeterRules, now: datetime) -> tuple[Question, WindowRule]:
    """Return the question about the window that a meter is in; a rolling one begins with a whole day in UTC."""
    rule = rule_of(profile, meter)
    window = window_at(rule, now)
    since, until = window.starts_at, window.resets_at
    if window.lasts is not None:
        since = since.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        until = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return Question(profile.id, meter.id, int(since.timestamp()), int(until.timestamp())), rule


def period_question(profile: Profile, meter: MeterRules, period: Period) -> tuple[Question, WindowRule]:
    """Return the question about a period."""
    return Question(profile.id, meter.id, period.begins, period.ends), rule_of(profile, meter)


def answered(
    database: Database, session: Session, asked: tuple[Question, WindowRule], every: timedelta
) -> Answer | None:
    """Return the answer as far as it is there, and have it worked at where that is due."""
    ask(database, *asked, Now(clock.now(), clock.wall()), every)
    return answer_to(session, *asked)


def window_words(meter: MeterRules) -> str:
    """Return a meter's window as one says it: `this month`, `the last 30 days`."""
    return _UNITS.get(meter.window_kind) or f"the last {meter.rolling_days} days"


def histogram(pair: Pair) -> Table:
    """Return how many have used how many articles of their allowance."""
    visitors, readers = pair
    most = max((n for tally in pair for n, count in enumerate(tally.used) if count), default=0)
    shown = range(max(most, 1) + 1)
    rows = [(_number(n), f"{visitors.used[n]:,}", f"{readers.used[n]:,}") for n in shown]
    series = [
        Series("new", "visitors", [visitors.used[n] for n in shown]),
        Series("reactivated", "readers", [readers.used[n] for n in shown]),
    ]
    return Table(("Articles used", "Visitors", "Readers"), rows, _draw([_number(n) for n in shown], series))


def curve(pair: Pair) -> Table:
    """Return what each allowance would have shown, to visitors and to readers."""
    visitors, readers = pair
    header = ("Allowance", "Walls to visitors", "Visitors walled", "Walls to readers", "Readers walled")
    rows = [(str(n), *(f"{figure:,}" for figure in with_allowances(pair, n, n))) for n in range(GREATEST + 1)]
    shown = range(DRAWN + 1)
    series = [
        Series("new", "walls to visitors", [visitors.walls_with(n) for n in shown]),
        Series("reactivated", "walls to readers", [readers.walls_with(n) for n in shown]),
    ]
    return Table(header, rows, _draw([str(n) for n in shown], series))


def with_allowances(pair: Pair, for_visitors: int, for_readers: int) -> tuple[int, int, int, int]:
    """Return walls to visitors, visitors walled, walls to readers, readers walled, with these allowances."""
    visitors, readers = pair
    mine = (visitors.walls_with(for_visitors), visitors.walled_with(for_visitors))
    return (*mine, readers.walls_with(for_readers), readers.walled_with(for_readers))


def as_it_was(pair: Pair) -> tuple[int, int, int, int]:
    """Return the same four figures as the gate's own answers had them."""
    visitors, readers = pair
    return visitors.walls, visitors.walled, readers.walls, readers.walled


def _draw(names: list[str], series: list[Series]) -> Chart:
    return draw(names, series, lambda value: f"{value:,}")


def _number(used: int) -> str:
    return f"{GREATEST + 1} or more" if used > GREATEST else str(used)
