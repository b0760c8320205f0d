"""How dates, money and intervals are written for a reader."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from paywall.billing.catalogue.money import Money
from paywall.billing.catalogue.wording import how_often, stretch
from paywall.billing.changing.rules import Rate

_ADVERBS = {"month": "monthly", "year": "yearly", "week": "weekly", "day": "daily"}


@dataclass(frozen=True, slots=True)
class Tongue:
    """A Babel locale and the publisher's time zone."""

    locale: str
    timezone: str

    def day(self, at: datetime, now: datetime) -> str:
        """Return a date that stays on one line; the year only where it isn't this one."""
        local, today = self._local(at), self._local(now)
        pattern = "d MMMM" if local.year == today.year else "d MMMM y"
        return format_date(local, pattern, locale=self.locale).replace(" ", "\N{NO-BREAK SPACE}")

    def days_left(self, at: datetime, now: datetime) -> int:
        """Return how many midnights lie between now and then."""
        return (self._local(at).date() - self._local(now).date()).days

    def money(self, minor: int, currency: str) -> str:
        """Return an amount of money."""
        return Money(minor, currency).format(self.locale)

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.timezone))


def adverb(rate: Rate) -> str:
    """Return the billing interval as an adverb: `monthly`, `every 3 months`."""
    if rate.interval_count == 1:
        return _ADVERBS.get(rate.interval, rate.interval)
    return every(rate)


def every(rate: Rate) -> str:
    """Return how often a price is paid: `a month`, `every 3 months`."""
    return how_often(rate.interval, rate.interval_count)


def periods(rate: Rate, count: int) -> str:
    """Return a stretch of time in billing periods: `1 month`, `6 months`."""
    return stretch(rate.interval_count * count, rate.interval)
