"""Periods of days, cut into days, weeks or months."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from paywall.errors import BadInput

MOST_SPANS = 150
EARLIEST = date(2000, 1, 1)
_DAY = timedelta(days=1)
_DECEMBER = 12


class By(StrEnum):
    """How a period is cut."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Span:
    """From the day `begins` up to but without the day `ends`."""

    begins: date
    ends: date


@dataclass(frozen=True, slots=True)
class Period:
    """Spans one behind the other, without a gap; the first and the last may be cut short."""

    spans: tuple[Span, ...]
    by: By

    @property
    def begins(self) -> date:
        """Its first day."""
        return self.spans[0].begins

    @property
    def ends(self) -> date:
        """The day behind its last."""
        return self.spans[-1].ends


def read_period(first: date, last: date, by: By, today: date) -> Period:
    """Return the period from `first` to `last`, both included; raises BadInput for none, and for too many parts.

    What lies behind today is left away.
    """
    if first < EARLIEST:
        raise BadInput("from", "Begin in this century.")
    if first > min(last, today):
        raise BadInput("from", "The first day must come before the last, and not after today.")
    spans = tuple(_spans(first, min(last, today) + _DAY, by))
    if len(spans) > MOST_SPANS:
        raise BadInput("by", f"That is more than {MOST_SPANS} parts: choose longer ones, or a shorter period.")
    return Period(spans, by)


def month_of(day: date) -> date:
    """Return the first day of the month."""
    return day.replace(day=1)


def months_on(month: date, number: int) -> date:
    """Return the first day of the month so many months behind `month`, or before it."""
    months = month.year * 12 + month.month - 1 + number
    return date(months // 12, months % 12 + 1, 1)


def _spans(begins: date, ends: date, by: By) -> Iterator[Span]:
    while begins < ends:
        following = min(_next(begins, by), ends)
        yield Span(begins, following)
        begins = following


def _next(day: date, by: By) -> date:
    """Return the first day of the next part; weeks begin on Monday."""
    match by:
        case By.DAY:
            return day + _DAY
        case By.WEEK:
            return day + timedelta(days=7 - day.weekday())
        case By.MONTH:
            return date(day.year + day.month // _DECEMBER, day.month % _DECEMBER + 1, 1)
