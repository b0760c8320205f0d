"""Until when somebody reads, as it is written in files: a day, or a moment."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from paywall.importing.judging.cells import BadCell

NEVER = datetime(2099, 12, 31, tzinfo=UTC)
"""Where a list says that a right has no end."""
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?", re.ASCII)
_ADVICE = "Write the day as 2027-01-31, or with a time as 2027-01-31T18:00:00Z."


def end_in(text: str, zone: str) -> datetime:
    """Return the end that a text names, in UTC: of a day the midnight after it, of a moment without a zone in `zone`.

    Raises BadCell for anything else, for days that there are not, and outside the years 2000 to 2099.
    """
    try:
        found = _found(text, ZoneInfo(zone))
        if not datetime(2000, 1, 1, tzinfo=UTC) <= found <= NEVER + timedelta(days=1):
            raise BadCell("This is no day between 2000 and 2099.")
        return found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise error if isinstance(error, BadCell) else BadCell(f"There is no such day. {_ADVICE}") from error


def _found(text: str, zone: ZoneInfo) -> datetime:
    if day := _DAY.fullmatch(text):
        return _after(int(day[1]), int(day[2]), int(day[3]), zone)
    if day := _DOTTED.fullmatch(text):
        return _after(int(day[3]), int(day[2]), int(day[1]), zone)
    if _MOMENT.fullmatch(text):
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)
    raise BadCell(f"This can't be read as a day. {_ADVICE}")


def _after(year: int, month: int, day: int, zone: ZoneInfo) -> datetime:
    """Return the midnight after a day."""
    following = datetime(year, month, day) + timedelta(days=1)  # noqa: DTZ001 - a date, its zone comes below
    return datetime.combine(following.date(), time(), zone)
