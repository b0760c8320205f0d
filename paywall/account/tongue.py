"""How dates, money and intervals are written for a reader."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from paywall.billing.catalogue.money import Money
from paywall.billing.changing.rules import Rate


@dataclass(frozen=True, slots=True)
class Tongue:
    """A Babel locale and the publisher's time zone."""

    locale: str
    timezone: str

    def day(self, at: datetime, now: datetime) -> str:
        """Return a date; the year only where it isn't this one."""
        local, today = self._local(at), self._local(now)
        pattern = "d MMMM" if local.year == today.year else "d MMMM y"
        return format_date(local, pattern, locale=self.locale)

    def days_left(self, at: datetime, now: datetime) -> int:
        """Return how many midnights lie between now and then."""
        return (self._local(at).date() - self._local(now).date()).days

    def money(self, minor: int, currency: str) -> str:
        """Return an amount of money."""
        return Money(minor, currency).format(self.locale)

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.timezone))


def how_often(rate: Rate) -> str:
    """Return the billing interval as an adverb: `monthly`, `every 3 months`."""
    if rate.interval_count == 1:
        return {"month": "monthly", "year": "yearly", "week": "weekly", "day": "daily"}.get(
            rate.interval, rate.interval
        )
    return f"every {rate.interval_count} {rate.interval}s"


def every(rate: Rate) -> str:
    """Return how often a price is paid: `a month`, `every 3 months`."""
    return f"a {rate.interval}" if rate.interval_count == 1 else f"every {rate.interval_count} {rate.interval}s"


def periods(rate: Rate, count: int) -> str:
    """Return a stretch of time in billing periods: `1 month`, `6 months`."""
    total = rate.interval_count * count
    return f"{total} {rate.interval}" + ("" if total == 1 else "s")
