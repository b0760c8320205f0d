"""Phrases that the wall's sentences are made of: articles and windows, as one says them."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from paywall.publishers.rules import MeterRules, WindowKind

_LOCALE = "en_GB"  # the language of the sentences


@dataclass(frozen=True, slots=True)
class Link:
    """A label and the path it leads to, on the publisher's own host; or a whole address."""

    label: str
    path: str


def allowance(meter: MeterRules) -> str:
    """Return what an account may read: "5 articles a month"."""
    count = meter.reader_allowance
    return f"{count} {articles(count)} {_every(meter)}"


def day_and_month(at: datetime, zone: str) -> str:
    """Return the day of `at` in the IANA zone, without its year: "1 December"."""
    return str(format_date(at.astimezone(ZoneInfo(zone)), "d MMMM", locale=_LOCALE))


def articles(count: int) -> str:
    """Return the noun for so many."""
    return "article" if count == 1 else "articles"


def in_this_window(meter: MeterRules) -> str:
    """Return the window that is running now: "this month"."""
    if meter.window_kind is WindowKind.ROLLING:
        return "in these 24 hours" if meter.rolling_days == 1 else f"in these {meter.rolling_days} days"
    return {"day": "today", "week": "this week", "month": "this month"}[meter.window_kind]


def _every(meter: MeterRules) -> str:
    if meter.window_kind is WindowKind.ROLLING:
        return "in any 24 hours" if meter.rolling_days == 1 else f"in any {meter.rolling_days} days"
    return f"a {meter.window_kind}"
