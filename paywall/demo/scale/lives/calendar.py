"""Billing periods: whole months and years from a first day on."""

from collections.abc import Iterator
from datetime import datetime

from paywall.billing.catalogue.plans import Interval

_MONTHS = {Interval.MONTH: 1, Interval.YEAR: 12}
_LAST_DAY = 28
"""Every month has it."""


def on_a_day_of_every_month(moment: datetime) -> datetime:
    """Return the moment, or the last one before it, whose day every month has."""
    if moment.day <= _LAST_DAY:
        return moment.replace(microsecond=0)
    return moment.replace(day=_LAST_DAY, hour=23, minute=59, second=59, microsecond=0)


def moved(start: datetime, interval: Interval, periods: int) -> datetime:
    """Return the moment so many periods after `start`, or before it."""
    months = start.year * 12 + start.month - 1 + periods * _MONTHS[interval]
    return start.replace(year=months // 12, month=months % 12 + 1)


def starts(first: datetime, interval: Interval, until: datetime) -> Iterator[datetime]:
    """Yield the start of each period that begins before `until`."""
    number, start = 0, first
    while start < until:
        yield start
        number += 1
        start = moved(first, interval, number)


def fitting(begin: datetime, interval: Interval, end: datetime) -> int:
    """Return how many whole periods that end at `end` fit behind `begin`."""
    number = 0
    while moved(end, interval, -(number + 1)) >= begin:
        number += 1
    return number
