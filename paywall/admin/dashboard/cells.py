"""Figures as people read them on a page, and as a spreadsheet does."""

from dataclasses import dataclass
from datetime import date, timedelta

from paywall.admin.ground import days
from paywall.billing.catalogue.money import Money
from paywall.business.asking.periods import By, Span

_MINUS = "\N{MINUS SIGN}"
NONE = "–"  # noqa: RUF001 - the dash that stands for nothing


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure: `words` on the page, `plain` in the CSV, where columns of what goes down have no minus."""

    words: str
    plain: str


def money(minor: int, currency: str) -> Cell:
    """Return an amount."""
    size = Money(abs(minor), currency)
    return Cell(f"{_MINUS if minor < 0 else ''}{size.format('en')}", str(size.amount))


def number(count: int) -> Cell:
    """Return a whole number."""
    return Cell(f"{_MINUS if count < 0 else ''}{abs(count):,}", str(abs(count)))


def percent(part: int, whole: int) -> Cell:
    """Return which part of a whole it is, to a tenth of a percent; a dash for a part of nothing."""
    if not whole:
        return Cell(NONE, "")
    tenths = (2000 * part + whole) // (2 * whole)
    return Cell(f"{tenths // 10}.{tenths % 10}%", f"{tenths // 10}.{tenths % 10}")


def span_name(span: Span, by: By) -> Cell:
    """Return what a part of a period is called: a month by its name if it is whole, else its days."""
    last = span.ends - timedelta(days=1)
    if by is By.MONTH and span.begins.day == 1 and span.ends.day == 1:
        return month_name(span.begins)
    if span.begins == last:
        return day_name(span.begins)
    return Cell(days.days_from_to(span.begins, last), f"{span.begins}/{last}")


def month_name(day: date) -> Cell:
    """Return the month of a day."""
    return Cell(days.month_name(day), f"{day:%Y-%m}")


def day_name(day: date) -> Cell:
    """Return a day."""
    return Cell(days.day_name(day), day.isoformat())
