"""What the dashboard is asked: from when to when, cut into what, in which currency."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from paywall.business.asking.periods import By, Period, month_of, months_on, read_period
from paywall.errors import BadInput

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTHS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Asked:
    """A period and a currency."""

    period: Period
    last: date
    currency: str

    @property
    def query(self) -> str:
        """The query string that asks for the same."""
        return self.query_in(self.currency)

    def query_in(self, currency: str) -> str:
        """Return the query string that asks for the same in another currency."""
        parts = {"from": self.period.begins, "to": self.last, "by": self.period.by.value, "currency": currency}
        return urlencode(parts)


def usual(currencies: Sequence[str], today: date) -> Asked:
    """Return what is shown to whoever asks for nothing: twelve months, the currency that most pay in."""
    return read_asked({}, currencies, today)


def read_asked(given: Mapping[str, str], currencies: Sequence[str], today: date) -> Asked:
    """Return what an address line asks; raises BadInput naming `from`, `to`, `by` or `currency`."""
    first = _day(given, "from", months_on(month_of(today), 1 - _MONTHS_SHOWN))
    last = _day(given, "to", today)
    by = given.get("by") or By.MONTH
    if by not in tuple(By):
        raise BadInput("by", "Choose days, weeks or months.")
    currency = given.get("currency") or (currencies[0] if currencies else "")
    if currency not in currencies:
        raise BadInput("currency", "Nothing was ever paid in that currency.")
    return Asked(read_period(first, last, By(by), today), last, currency)


def _day(given: Mapping[str, str], name: str, usually: date) -> date:
    written = given.get(name, "").strip()
    if not written:
        return usually
    try:
        if _DAY.fullmatch(written):
            return date.fromisoformat(written)
    except ValueError:
        pass
    raise BadInput(name, "Write a day as 2026-03-31.")
