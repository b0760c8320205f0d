"""Days and times as pages of /admin write them, in the newspaper's own zone."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

_LOCALE = "en_GB"


def day_name(day: date) -> str:
    """Return a day as people read it: `24 Dec 2026`."""
    return str(format_date(day, "d MMM y", locale=_LOCALE))


def month_name(day: date) -> str:
    """Return a day's month as people read it: `Dec 2026`."""
    return str(format_date(day, "MMM y", locale=_LOCALE))


def days_from_to(first: date, last: date) -> str:
    """Return some days of at most a year as people read them: `24 Nov – 3 Dec 2026`."""  # noqa: RUF002
    return f"{format_date(first, 'd MMM', locale=_LOCALE)} – {day_name(last)}"  # noqa: RUF001


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant as people read it, and as machines do."""

    words: str
    iso: str


@dataclass(frozen=True, slots=True)
class Days:
    """How instants are written; `zone` is an IANA name."""

    zone: str

    def day(self, at: datetime) -> str:
        """Return the day: `24 Dec 2026`."""
        return day_name(self._local(at))

    def minute(self, at: datetime) -> str:
        """Return the day and the minute: `24 Dec 2026, 18:05`."""
        return f"{self.day(at)}, {self._local(at):%H:%M}"

    def on(self, at: datetime) -> Moment:
        """Return the day of an instant, beside the instant."""
        return Moment(self.day(at), self._iso(at))

    def at(self, at: datetime) -> Moment:
        """Return the minute of an instant, beside the instant."""
        return Moment(self.minute(at), self._iso(at))

    def _iso(self, at: datetime) -> str:
        return self._local(at).isoformat(timespec="seconds")

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.zone))
