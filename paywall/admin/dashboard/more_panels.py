"""The panels that follow no cut into parts: what is due, and cohorts."""

from collections.abc import Sequence
from dataclasses import dataclass

from paywall.admin.dashboard.cells import NONE, Cell, day_name, money, month_name, number, percent
from paywall.admin.dashboard.charts import Series, draw
from paywall.admin.dashboard.panels import Panel
from paywall.business.asking.cohorts import Cohort
from paywall.business.asking.coming import DueDay

_SHADES = 10


@dataclass(frozen=True, slots=True)
class Shade:
    """A cell of the table of cohorts; `depth` from 0 to 9 is how dark it is, None for a month that is yet to come."""

    words: str
    depth: int | None


def due(days: Sequence[DueDay], currency: str) -> Panel:
    """Return the renewals of the next days."""
    names = [day_name(one.day) for one in days]
    rows = [(name, number(one.count), money(one.amount_minor, currency)) for name, one in zip(names, days, strict=True)]
    series = Series("good", "due", [one.amount_minor for one in days])
    chart = draw([one.words for one in names], [series], lambda minor: money(minor, currency).words)
    return Panel("due", "Renewals due", ("Day", "payments", "over"), rows, chart)


def cohorts(found: Sequence[Cohort]) -> Panel:
    """Return who stays, in percent: a row for each month in which some paid for the first time."""
    width = max((len(one.left) for one in found), default=0)
    rows = []
    for one in found:
        shares = [percent(still, one.joined) for still in one.left]
        missing = [Cell("", "")] * (width - len(shares))
        rows.append((month_name(one.month), number(one.joined), *shares, *missing))
    header = ("First payment in", "readers", *map(str, range(width)))
    return Panel("cohorts", "Who stays", header, rows)


def shades(found: Sequence[Cohort]) -> list[tuple[str, str, list[Shade]]]:
    """Return the same as a table to look at: the month, how many, and a shade for each month behind."""
    width = max((len(one.left) for one in found), default=0)
    return [(month_name(one.month).words, f"{one.joined:,}", _row(one, width)) for one in found]


def _row(one: Cohort, width: int) -> list[Shade]:
    shown = [Shade(f"{_rounded(still, one.joined)}", _depth(still, one.joined)) for still in one.left]
    return shown + [Shade(NONE, None)] * (width - len(shown))


def _rounded(part: int, whole: int) -> int:
    return (200 * part + whole) // (2 * whole)


def _depth(part: int, whole: int) -> int:
    return min(max(_SHADES * part // whole, 0), _SHADES - 1)
