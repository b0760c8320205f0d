"""Dates as a newspaper prints them, in the publisher's own time zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

_LOCALE = "en_GB"  # the language of the newsroom's own words


def local_date(at: datetime, zone: str) -> str:
    """Return the day of `at` in the IANA zone: "3 November 2026"."""
    return str(format_date(at.astimezone(ZoneInfo(zone)), "d MMMM y", locale=_LOCALE))


def dateline(at: datetime, zone: str) -> str:
    """Return the day of `at` as a front page has it: "Monday 23 November 2026"."""
    return str(format_date(at.astimezone(ZoneInfo(zone)), "EEEE d MMMM y", locale=_LOCALE))


def local_iso(at: datetime, zone: str) -> str:
    """Return `at` for machines, with the zone's offset, to the second."""
    return at.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")


def reading_minutes(words: int) -> int:
    """Return how long a text of so many words takes to read, in minutes; at least one."""
    return max(1, round(words / 230))
