"""When reconciliation is due, and when silence is an alarm: pure rules over business time, aware UTC."""

from datetime import datetime, timedelta

OVERLAP = timedelta(hours=1)
"""How far before the last good sweep the next one begins: clocks differ, and events may come late into the list."""

EVENTS_TELL_FOR = timedelta(days=29)
"""How far back Stripe's list of events can be trusted to reach; it is kept for 30 days."""

QUIET_HOUR = 2
"""The hour (UTC) at which the nightly comparison begins."""

SILENCE = timedelta(minutes=15)
"""How long an event may take by the webhook before its way is held to be broken."""


def events_can_tell(swept_at: datetime | None, now: datetime) -> bool:
    """Tell whether the list of events reaches back to the last good sweep; else everything must be compared."""
    return swept_at is not None and now - swept_at <= EVENTS_TELL_FOR


def sweep_from(swept_at: datetime | None, now: datetime) -> datetime:
    """Return from when on events are asked for."""
    oldest = now - EVENTS_TELL_FOR
    return oldest if swept_at is None else max(swept_at - OVERLAP, oldest)


def comparison_is_due(last_at: datetime | None, now: datetime) -> bool:
    """Tell whether a quiet hour has begun since the last comparison."""
    tonight = now.replace(hour=QUIET_HOUR, minute=0, second=0, microsecond=0)
    latest = tonight if tonight <= now else tonight - timedelta(days=1)
    return last_at is None or last_at < latest


def webhook_is_silent(heard_at: datetime | None, missed_at: datetime | None, now: datetime) -> bool:
    """Tell whether events exist that should have come by the webhook and didn't.

    `heard_at` is when the newest event that came by it was made, `missed_at` the same of the oldest later one that
    only the sweep has found.
    """
    is_later = missed_at is not None and (heard_at is None or missed_at > heard_at)
    return is_later and missed_at is not None and now - missed_at >= SILENCE


USUAL = timedelta(days=28)
"""The time over which the usual pace of payments is measured."""

LEAST_EXPECTED = 8
"""So many payments must have been due in the silence by the usual pace: then chance hardly ever explains it."""


def payments_are_silent(last_at: datetime | None, usual: int, hours: int, now: datetime) -> bool:
    """Tell whether it is odd that no payment has come for so many hours; 0 hours switch the alarm off.

    `last_at` is when the last one came, `usual` how many did in the 28 days before that.
    """
    if not hours or last_at is None or now - last_at < timedelta(hours=hours):
        return False
    return usual * (timedelta(hours=hours) / USUAL) >= LEAST_EXPECTED
