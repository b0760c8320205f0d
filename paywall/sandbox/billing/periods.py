"""When a subscription's billing periods begin and end; pure arithmetic in UTC."""

from datetime import UTC, datetime, timedelta

from paywall.sandbox.state.shapes import Json

_MONTHS_IN = {"month": 1, "year": 12}
_DAYS_IN = {"day": 1, "week": 7}
_MONTHS = 12


def boundary(anchor: int, recurring: Json, number: int) -> int:
    """Return the second at which period `number` ends, counted from the anchor (number 0 is the anchor itself).

    Months are counted from the anchor, never from the last boundary, so that 31 January is followed by 28 February and
    then by 31 March.
    """
    steps = number * recurring["interval_count"]
    start = datetime.fromtimestamp(anchor, UTC)
    if recurring["interval"] in _DAYS_IN:
        return int((start + timedelta(days=steps * _DAYS_IN[recurring["interval"]])).timestamp())
    return int(_add_months(start, steps * _MONTHS_IN[recurring["interval"]]).timestamp())


def _add_months(start: datetime, months: int) -> datetime:
    year, month = divmod(start.year * _MONTHS + start.month - 1 + months, _MONTHS)
    for day in range(start.day, 27, -1):
        try:
            return start.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return start.replace(year=year, month=month + 1)


def period_at(anchor: int, recurring: Json, now: int) -> tuple[int, int]:
    """Return start and end of the period that `now` lies in; a boundary belongs to the period it begins."""
    number = 1
    while boundary(anchor, recurring, number) <= now:
        number += 1
    return boundary(anchor, recurring, number - 1), boundary(anchor, recurring, number)
