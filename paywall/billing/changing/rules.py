"""What a change of a subscription does, and when: pure rules, `now` an argument."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from paywall.billing.subscriptions.status import RUNNING, Status

PREVIEW_LASTS = timedelta(minutes=15)
"""How long what was said of a price's cost is held to."""

LONGEST_PAUSE = 3
"""Billing periods."""

_BEFORE_RENEWAL = timedelta(hours=1)
_YEAR = Fraction("365.2425")
_DAYS = {"day": Fraction(1), "week": Fraction(7), "month": _YEAR / 12, "year": _YEAR}
_MONTHS = {"month": 1, "year": 12}


@dataclass(frozen=True, slots=True)
class Rate:
    """What is paid how often: an amount in minor units every `interval_count` intervals, as Stripe names them."""

    amount_minor: int
    interval: str
    interval_count: int = 1

    @property
    def days(self) -> Fraction:
        """How long one period is on the average."""
        return _DAYS[self.interval] * self.interval_count

    def costs_more_than(self, other: "Rate") -> bool:
        """Tell whether the same time costs more; exact, and only meant within one currency."""
        return self.amount_minor * other.days > other.amount_minor * self.days


@dataclass(frozen=True, slots=True)
class Held:
    """The subscription that is to be changed; times are aware UTC."""

    status: str
    rate: Rate
    paid_through_at: datetime | None
    is_paused: bool = False
    renewal_is_drafted: bool = False
    """The invoice of the present period is made and will be charged within the hour."""

    def is_paid_for(self, now: datetime) -> bool:
        """Tell whether there is time left that money was paid for: a trial is not."""
        return self.status != Status.TRIALING and self.paid_through_at is not None and now < self.paid_through_at


def takes_effect_now(held: Held, wanted: Rate, now: datetime) -> bool:
    """Tell an upgrade, which is made at once, from what waits for the end of the period.

    At once: what costs more for the same time, and whatever is chosen while nothing is paid for. A shorter period
    waits even if it costs more: nobody should be owed the rest of a year.
    """
    if not held.is_paid_for(now):
        return True
    return wanted.costs_more_than(held.rate) and wanted.days >= held.rate.days


def ends_at_once(held: Held, now: datetime) -> bool:
    """Tell whether cancelling ends a subscription at once: there is nothing paid for, and no payment on its way."""
    if held.status in RUNNING:
        return (held.is_paused or held.renewal_is_drafted) and not held.is_paid_for(now)
    return True


def is_still_exact(previewed_at: datetime, now: datetime) -> bool:
    """Tell whether what a preview said may still be held to."""
    return previewed_at <= now < previewed_at + PREVIEW_LASTS


def pause_ends_at(paid_until: datetime, rate: Rate, periods: int) -> datetime:
    """Return when a pause of so many periods ends: just before the renewal that is to be charged again."""
    return before_renewal(after_periods(paid_until, rate, periods))


def before_renewal(renewal_at: datetime) -> datetime:
    """Return when a pause ends that a renewal is to follow."""
    return renewal_at - _BEFORE_RENEWAL


def charged_again_at(resumes_at: datetime) -> datetime:
    """Return when a pause that ends then is followed by a payment."""
    return resumes_at + _BEFORE_RENEWAL


def after_periods(start: datetime, rate: Rate, periods: int) -> datetime:
    """Return the end of so many billing periods; a month ends on its last day where it has no such day."""
    count = rate.interval_count * periods
    if rate.interval not in _MONTHS:
        return start + timedelta(days=int(_DAYS[rate.interval]) * count)
    months = start.month - 1 + _MONTHS[rate.interval] * count
    year, month = start.year + months // 12, months % 12 + 1
    return start.replace(year=year, month=month, day=min(start.day, monthrange(year, month)[1]))
