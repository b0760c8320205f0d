"""Dates as pages and feeds write them: ISO 8601, the mail format, and a few that newspapers like."""

from collections.abc import Callable
from datetime import date, datetime, time
from email.utils import parsedate_to_datetime

_FORMATS = ("%B %d, %Y %H:%M", "%B %d, %Y", "%d %B %Y", "%d.%m.%Y %H:%M", "%d.%m.%Y", "%Y/%m/%d %H:%M", "%Y/%m/%d")


def guess_date(written: str) -> datetime | None:
    """Return the time that `written` says, naive if it names no zone, or None: a page's date may be unreadable."""
    if not written or len(written) > 60:
        return None
    for parse in _PARSERS:
        try:
            return parse(written.strip())
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def _iso(written: str) -> datetime:
    if len(written) == 10:
        return datetime.combine(date.fromisoformat(written), time())
    return datetime.fromisoformat(written)


def _in_format(format_: str) -> Callable[[str], datetime]:
    return lambda written: datetime.strptime(written, format_)  # noqa: DTZ007 - naive: the publisher's own zone


_PARSERS: tuple[Callable[[str], datetime], ...] = (_iso, parsedate_to_datetime, *map(_in_format, _FORMATS))
