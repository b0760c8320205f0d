"""What somebody typed into a form of /admin: moments in the publisher's own time, and whole numbers."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from paywall.errors import BadInput, NotFound
from paywall.web.forms import Form

_MOST_DIGITS = 9
_YEARS = range(2000, 2200)
_MINUTES = "%Y-%m-%dT%H:%M"
_LONGEST = len("2026-11-27T18:00:00")


def moment(form: Form, name: str, timezone: str) -> datetime | None:
    """Return the moment that was typed as local time (`2026-11-27T18:00`), in UTC; None for none."""
    typed = form.text(name).strip()
    if not typed:
        return None
    try:
        local = datetime.strptime(typed[:16], _MINUTES)  # noqa: DTZ007 - its zone is the publisher's
    except ValueError as error:
        raise BadInput(name, "Give day and time, such as 2026-11-27T18:00.") from error
    if local.year not in _YEARS or len(typed) > _LONGEST:
        raise BadInput(name, "Give a day of this century.")
    return local.replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC)


def local_minute(at: datetime | None, timezone: str) -> str:
    """Return a moment as its field has it; empty for none."""
    return f"{at.astimezone(ZoneInfo(timezone)):{_MINUTES}}" if at else ""


def whole(form: Form, name: str, least: int, most: int) -> int | None:
    """Return the whole number that was typed; None for none; raises BadInput for what is not between the bounds."""
    return whole_in(form.text(name), name, least, most)


def whole_in(text: str, name: str, least: int, most: int) -> int | None:
    """Return the whole number in a text; None for an empty one."""
    typed = text.strip()
    if not typed:
        return None
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= _MOST_DIGITS
    if not is_number or not least <= int(typed) <= most:
        raise BadInput(name, f"Give a whole number from {least} to {most:,}.")
    return int(typed)


def needed(form: Form, name: str, least: int, most: int) -> int:
    """Return the whole number that was typed; raises BadInput where there is none."""
    found = whole(form, name, least, most)
    if found is None:
        raise BadInput(name, f"Give a whole number from {least} to {most:,}.")
    return found


def is_readable(text: str) -> bool:
    """Tell whether a text of an address line can be asked of the database."""
    return not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text)


def named(text: str) -> str:
    """Return a name out of an address; raises NotFound for one that nothing here can have."""
    if not is_readable(text):
        raise NotFound("There is nothing of that name.")
    return text
