"""How much of a bill falls on a month, exactly."""

from calendar import monthrange
from datetime import datetime, timedelta
from fractions import Fraction

_MONTH = timedelta(days=365) / 12
"""The length of a month, for periods that are not whole months."""
_SECOND = timedelta(seconds=1)


def months_between(starts_at: datetime, ends_at: datetime) -> int | Fraction:
    """Return how many months a period has: a whole number where it ends on the day it began, else by its length.

    31 January to 28 February is one month, as Stripe counts; a week is 7/30.4167.
    """
    whole = (ends_at.year - starts_at.year) * 12 + ends_at.month - starts_at.month
    if whole > 0 and _is_same_day(starts_at, ends_at):
        return whole
    return Fraction((ends_at - starts_at) // _SECOND, _MONTH // _SECOND)


def _is_same_day(first: datetime, second: datetime) -> bool:
    if first.day == second.day:
        return True
    return second.day == min(first.day, _last_day(second)) or (first.day == _last_day(first) and second.day > first.day)


def _last_day(moment: datetime) -> int:
    return monthrange(moment.year, moment.month)[1]


def rounded(amount: int | Fraction, by: int | Fraction) -> int:
    """Return `amount` / `by` to the nearest whole, halves up."""
    if isinstance(amount, int) and isinstance(by, int):
        return (2 * amount + by) // (2 * by)
    return (Fraction(amount) / by * 2 + 1) // 2


def share(starts_at: datetime, moment: datetime, ends_at: datetime) -> Fraction:
    """Return which part of a period is left at `moment`."""
    return Fraction((ends_at - moment) // _SECOND, max((ends_at - starts_at) // _SECOND, 1))
