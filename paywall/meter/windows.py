"""Which counting window an instant belongs to. Pure rules: `now` is an argument.

Calendar windows (day, ISO week, month) follow the publisher's own calendar: they begin at the first instant of a
local date, so across a change of clocks a day has 23 or 25 hours and no article counts twice. Together the windows
of a rule cover all time without gap or overlap. A rolling window has no edges: each view leaves on its own, N times
24 hours after it was taken.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from paywall.publishers.rules import WindowKind

ONE_DAY = timedelta(days=1)
MOST_ROLLING_DAYS = 366


@dataclass(frozen=True, slots=True)
class WindowRule:
    """A publisher's choice: `days` (1 to 366) for rolling windows only, `timezone` an IANA name.

    Raises ValueError naming the field when the choice can't be kept.
    """

    kind: WindowKind = WindowKind.MONTH
    days: int | None = None
    timezone: str = "UTC"

    def __post_init__(self) -> None:
        if (self.kind is WindowKind.ROLLING) != (self.days is not None):
            raise ValueError("days: needed for a rolling window, and for no other")
        if self.days is not None and not 1 <= self.days <= MOST_ROLLING_DAYS:
            raise ValueError(f"days: must be between 1 and {MOST_ROLLING_DAYS}")
        _zone(self.timezone)


@dataclass(frozen=True, slots=True)
class Window:
    """The window an instant lies in: `key` names it for the store, both ends are aware UTC.

    A calendar window reaches from `starts_at` up to, not including, `resets_at`. In a rolling one (`lasts` is set)
    views taken at `starts_at` or before have left, and a view taken now leaves at `resets_at`.
    """

    key: str
    starts_at: datetime
    resets_at: datetime
    lasts: timedelta | None = None


def window_at(rule: WindowRule, now: datetime) -> Window:
    """Return the window of `rule` that holds the aware instant `now`."""
    if rule.days is not None:
        return _rolling_window(now.astimezone(UTC), timedelta(days=rule.days))
    day = now.astimezone(_zone(rule.timezone)).date()
    window = _calendar_window(rule.kind, rule.timezone, day)
    if now >= window.resets_at:
        # clocks that fall back over midnight show yesterday's date again; the new window has begun all the same
        return _calendar_window(rule.kind, rule.timezone, day + ONE_DAY)
    return window


def _rolling_window(now: datetime, lasts: timedelta) -> Window:
    # one key for any number of days: a publisher who changes the number keeps the views already taken
    return Window("rolling", starts_at=now - lasts, resets_at=now + lasts, lasts=lasts)


@lru_cache(maxsize=1024)
def _calendar_window(kind: WindowKind, timezone: str, day: date) -> Window:
    first, following = _bounds(kind, day)
    return Window(_key(kind, first), _first_instant(first, timezone), _first_instant(following, timezone))


def _bounds(kind: WindowKind, day: date) -> tuple[date, date]:
    """Return the first day of the window around `day`, and of the window after it."""
    if kind is WindowKind.DAY:
        return day, day + ONE_DAY
    if kind is WindowKind.WEEK:
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=7)
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1)


def _key(kind: WindowKind, first: date) -> str:
    if kind is WindowKind.DAY:
        return first.isoformat()
    if kind is WindowKind.WEEK:
        year, week, _ = first.isocalendar()
        return f"{year:04d}-W{week:02d}"
    return f"{first.year:04d}-{first.month:02d}"


def _first_instant(day: date, timezone: str) -> datetime:
    # where midnight happens twice fold=0 is the first; where it is skipped, fold=0 reads the old offset, which gives
    # the very instant of the change (no zone has skipped a stretch that began before midnight since 1995)
    return datetime.combine(day, time(), _zone(timezone)).astimezone(UTC)


@lru_cache(maxsize=1024)
def _zone(timezone: str) -> ZoneInfo:
    try:
        return ZoneInfo(timezone)
    except (KeyError, ValueError, OSError) as unknown:
        raise ValueError(f"timezone: {timezone!r} is no IANA time zone") from unknown
