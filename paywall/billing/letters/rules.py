"""When a letter is due: pure functions over times, all aware UTC."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

NEWS_FOR = timedelta(days=3)
"""What happened longer ago (an import, a repair after an outage) is no news any more."""

TRIAL_NOTICES = (timedelta(days=7), timedelta(days=3))
"""How long before a trial's end its reader is reminded. Card networks ask for seven days at least (Visa's rules for
trial subscriptions, since April 2020); Stripe's own event comes three days before."""

SHORT_TRIAL_NOTICE = timedelta(days=1)
"""The same for a trial so short that both would fall into its first day, which the first mail tells of."""

PRICE_NOTICE = timedelta(days=7)
"""How long before the first payment at the full price its reader is told: the same rules hold for reduced prices."""

RENEWAL_NOTICE = timedelta(days=30)
"""How long before a renewal that comes seldom; California asks for 15 to 45 days before a year begins again."""

SELDOM_DAYS = 180
"""Renewals that come at least so many days apart are announced."""

_SHORTEST_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}

CARD_NOTICE = timedelta(days=30)
"""How long before a card's last day its reader is asked for another."""

NOTICES = frozenset({*TRIAL_NOTICES, SHORT_TRIAL_NOTICE, PRICE_NOTICE, RENEWAL_NOTICE})
"""Every distance from the end of a period at which some letter may become due."""


def is_news(at: datetime, now: datetime) -> bool:
    """Tell whether what happened `at` is worth a letter."""
    return now - at < NEWS_FOR


def latest(moments: Iterable[datetime], now: datetime) -> datetime | None:
    """Return the latest moment that has come: after a long stop one letter goes out, not all that were missed."""
    return max((moment for moment in moments if moment <= now), default=None)


def trial_moments(began_at: datetime, ends_at: datetime) -> list[datetime]:
    """Return when a reader is reminded of a trial's end."""
    told_by_the_first_mail = began_at + timedelta(days=1)
    moments = [ends_at - notice for notice in TRIAL_NOTICES if ends_at - notice >= told_by_the_first_mail]
    return moments or [ends_at - SHORT_TRIAL_NOTICE]


def is_due_before(at: datetime, notice: timedelta, now: datetime) -> bool:
    """Tell whether `now` lies within `notice` before `at`."""
    return at - notice <= now < at


def comes_seldom(interval: str, interval_count: int) -> bool:
    """Tell whether a period is so long that its renewal is announced; `interval` as Stripe spells it."""
    return _SHORTEST_DAYS[interval] * interval_count >= SELDOM_DAYS


def card_ends_at(year: int, month: int) -> datetime:
    """Return when a card stops working: with the month that is printed on it."""
    return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
