"""Spans of time as people write them: days in the newspaper's own zone, both included, or instants with an offset."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from paywall.admin.subscribers.asking.bad import BadQuestion

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})")
_SPACE_FOR_PLUS = re.compile(r" (?=[0-9]{2}:[0-9]{2}$)")
_EARLIEST, _LATEST = 1970, 2200


@dataclass(frozen=True, slots=True)
class Span:
    """From `begins_at` up to but without `ends_at`, aware UTC; None leaves that side open."""

    begins_at: datetime | None = None
    ends_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """True where it holds every moment."""
        return self.begins_at is None and self.ends_at is None

    def holds(self, moment: datetime) -> bool:
        """Tell whether a moment lies in it."""
        is_after = self.begins_at is None or moment >= self.begins_at
        return is_after and (self.ends_at is None or moment < self.ends_at)


def read_span(names: tuple[str, str], written: tuple[str, str], zone: ZoneInfo) -> Span:
    """Return the span between what was written; empty is open. Raises BadQuestion naming the one that is wrong.

    A day that is the end is included.
    """
    begins_at = _read(names[0], written[0], zone, is_end=False)
    ends_at = _read(names[1], written[1], zone, is_end=True)
    if begins_at and ends_at and begins_at >= ends_at:
        raise BadQuestion(names[0], "The first day must not come after the last.")
    return Span(begins_at, ends_at)


def _read(name: str, written: str, zone: ZoneInfo, *, is_end: bool) -> datetime | None:
    if not written:
        return None
    try:
        if _DAY.fullmatch(written):
            return _midnight(date.fromisoformat(written) + timedelta(days=is_end), zone)
        with_plus = _SPACE_FOR_PLUS.sub("+", written)
        if _INSTANT.fullmatch(with_plus):
            return _sensible(datetime.fromisoformat(with_plus))
    except (ValueError, OverflowError):
        pass
    raise BadQuestion(name, "Write a day as 2026-03-31, or a moment as 2026-03-31T12:00+04:00.")


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return _sensible(datetime.combine(day, time(), zone))


def _sensible(moment: datetime) -> datetime:
    """Return the moment in UTC; raises ValueError for one that no newspaper here has seen or will see."""
    if not _EARLIEST <= moment.year <= _LATEST:
        raise ValueError(moment)
    return moment.astimezone(UTC)
