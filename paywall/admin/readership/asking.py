"""What the pages of readership are asked: days, in UTC as views are counted; a meter; an allowance."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from paywall.admin.ground.typed import whole_in
from paywall.errors import BadInput
from paywall.publishers.rules import MeterRules, Profile
from paywall.readership.replaying.rules import MOST

USUAL_DAYS = 30
MOST_DAYS = 366
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EARLIEST = date(2000, 1, 1)
Given = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Period:
    """Days in UTC, both included."""

    first: date
    last: date

    @property
    def begins(self) -> int:
        """The epoch second at which it begins."""
        return _second(self.first)

    @property
    def ends(self) -> int:
        """The epoch second at which it is over."""
        return _second(self.last + timedelta(days=1))

    @property
    def days(self) -> list[date]:
        """Every day of it."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]

    @property
    def query(self) -> str:
        """The part of an address line that asks for it."""
        return urlencode({"from": self.first, "to": self.last})


def usual_period(today: date) -> Period:
    """Return the last thirty days, today included."""
    return Period(today - timedelta(days=USUAL_DAYS - 1), today)


def read_period(given: Given, today: date) -> Period:
    """Return the period of an address line, the usual one where it says nothing; raises BadInput: `from`, `to`."""
    last = _day(given, "to", today)
    first = _day(given, "from", last - timedelta(days=USUAL_DAYS - 1))
    if last < first:
        raise BadInput("from", "The first day must not come after the last.")
    if (last - first).days >= MOST_DAYS:
        raise BadInput("from", f"Ask for {MOST_DAYS} days at most.")
    return Period(first, last)


def read_meter(given: Given, profile: Profile) -> MeterRules:
    """Return the meter that an address line names by its number, the publisher's default one where it names none."""
    wanted = given.get("meter", "")
    if not wanted:
        return profile.default_meter
    found = next((one for one in profile.meters if str(one.id) == wanted), None)
    if found is None:
        raise BadInput("meter", "There is no such meter.")
    return found


def read_allowance(given: Given, name: str, usually: int) -> int:
    """Return the allowance that an address line asks about; raises BadInput for one that is not looked at."""
    found = whole_in(given.get(name, ""), name, 0, MOST)
    return min(usually, MOST) if found is None else found


def _day(given: Given, name: str, usually: date) -> date:
    written = given.get(name, "").strip()
    if not written:
        return usually
    try:
        day = date.fromisoformat(written) if _DAY.fullmatch(written) else None
    except ValueError:
        day = None
    if day is None or not _EARLIEST <= day <= date(2200, 1, 1):
        raise BadInput(name, "Write a day as 2026-03-31.")
    return day


def _second(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())
