"""The panels of the dashboard: each a title, a definition, a chart and the table behind it, which is also its CSV."""

from collections.abc import Sequence
from dataclasses import dataclass

from paywall.admin.dashboard.cells import Cell, money, number, percent, span_name
from paywall.admin.dashboard.charts import Chart, Series, draw
from paywall.business.asking.figures import Part
from paywall.business.asking.periods import By
from paywall.business.definitions import DEFINITIONS
from paywall.business.reckoning.values import Kind


@dataclass(frozen=True, slots=True)
class Panel:
    """One figure over the period; the first column of the rows names the part of it."""

    name: str
    """In the address of its CSV."""
    title: str
    header: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]
    chart: Chart | None = None

    @property
    def definition(self) -> str:
        """What it means, in plain words."""
        return DEFINITIONS[self.name]

    @property
    def columns(self) -> list[tuple[str, str]]:
        """The header as a table of the page has it."""
        return [(words, "number" if place else "") for place, words in enumerate(self.header)]


@dataclass(frozen=True, slots=True)
class Told:
    """The parts of the period, and how they are written."""

    parts: Sequence[Part]
    by: By
    currency: str

    @property
    def names(self) -> list[Cell]:
        """What the parts are called."""
        return [span_name(part.span, self.by) for part in self.parts]

    def money(self, minor: int) -> Cell:
        """Return an amount in the currency of the page."""
        return money(minor, self.currency)

    def label(self, minor: int) -> str:
        """Return an amount as a chart writes it."""
        return self.money(minor).words

    def chart(self, series: Sequence[Series], *, is_money: bool) -> Chart:
        """Return the chart of series over the parts."""
        return draw([one.words for one in self.names], series, self.label if is_money else _count)


_MOVES = (
    (Kind.NEW, "new", False),
    (Kind.REACTIVATED, "reactivated", False),
    (Kind.EXPANSION, "expansion", False),
    (Kind.CONTRACTION, "contraction", True),
    (Kind.LEFT, "churned voluntarily", True),
    (Kind.LOST, "churned involuntarily", True),
)


def revenue(told: Told) -> Panel:
    """Return MRR at the end of each part."""
    rows = [(name, told.money(part.closing.mrr_minor)) for name, part in zip(told.names, told.parts, strict=True)]
    series = Series("good", "MRR", [part.closing.mrr_minor for part in told.parts])
    chart = told.chart([series], is_money=True)
    return Panel("mrr", "Monthly recurring revenue", ("Period", "MRR at the end"), rows, chart)


def movements(told: Told) -> Panel:
    """Return what moved MRR, from its opening to its closing."""
    rows = []
    for name, part in zip(told.names, told.parts, strict=True):
        moved = [told.money(part.tally.amounts[kind]) for kind, _, _ in _MOVES]
        rows.append((name, told.money(part.opening.mrr_minor), *moved, told.money(part.closing.mrr_minor)))
    header = ("Period", "opening", *(words for _, words, _ in _MOVES), "closing")
    series = [
        Series(kind.value, words, [abs(part.tally.amounts[kind]) for part in told.parts], is_down=is_down)
        for kind, words, is_down in _MOVES
    ]
    return Panel("movements", "What moved it", header, rows, told.chart(series, is_money=True))


def subscribers(told: Told) -> Panel:
    """Return who pays at the end of each part, who came and who went."""
    columns = [(kind, words) for kind, words, _ in _MOVES if kind not in (Kind.EXPANSION, Kind.CONTRACTION)]
    rows = [
        (name, number(part.closing.subscribers), *(number(part.tally.counts[kind]) for kind, _ in columns))
        for name, part in zip(told.names, told.parts, strict=True)
    ]
    header = ("Period", "paying at the end", *(words for _, words in columns))
    series = Series("good", "paying", [part.closing.subscribers for part in told.parts])
    return Panel("subscribers", "Paying subscribers", header, rows, told.chart([series], is_money=False))


def trials(told: Told) -> Panel:
    """Return the trials that ended, and how many of them became payments."""
    rows, won, over = [], [], []
    for name, part in zip(told.names, told.parts, strict=True):
        won.append(part.tally.counts[Kind.TRIAL_WON])
        over.append(part.tally.counts[Kind.TRIAL_OVER])
        begun, ended = part.tally.counts[Kind.TRIAL_BEGUN], won[-1] + over[-1]
        rows.append((name, number(begun), number(ended), number(won[-1]), percent(won[-1], ended)))
    series = [Series("good", "converted", won), Series("off", "not converted", over)]
    header = ("Period", "begun", "ended", "converted", "share in %")
    return Panel("trials", "Trial conversion", header, rows, told.chart(series, is_money=False))


def late(told: Told) -> Panel:
    """Return how much of MRR is at risk at the end of each part."""
    rows = [
        (name, number(part.closing.late), told.money(part.closing.late_minor))
        for name, part in zip(told.names, told.parts, strict=True)
    ]
    series = Series("warn", "at risk", [part.closing.late_minor for part in told.parts])
    header = ("Period", "subscriptions at the end", "MRR at risk")
    return Panel("late", "Grace at risk", header, rows, told.chart([series], is_money=True))


def failed(told: Told) -> Panel:
    """Return the payments that failed, and those of them made since."""
    rows, mended, open_still = [], [], []
    for name, part in zip(told.names, told.parts, strict=True):
        counts, amounts = part.tally.counts, part.tally.amounts
        mended.append(amounts[Kind.RECOVERED])
        open_still.append(amounts[Kind.FAILED] - amounts[Kind.RECOVERED])
        figures = (number(counts[Kind.FAILED]), told.money(amounts[Kind.FAILED]), number(counts[Kind.RECOVERED]))
        rows.append((name, *figures, percent(counts[Kind.RECOVERED], counts[Kind.FAILED])))
    series = [Series("good", "made up for", mended), Series("bad", "not paid", open_still)]
    header = ("Period", "failed", "over", "made up for", "share in %")
    return Panel("failed", "Failed payments", header, rows, told.chart(series, is_money=True))


PANELS = (revenue, movements, subscribers, trials, late, failed)


def _count(value: int) -> str:
    return number(value).words
