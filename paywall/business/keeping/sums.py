"""Summing entries up: by day, and by the month of a customer's first payment."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from paywall.business.reckoning.values import ARRIVALS, DEPARTURES, Entry, Kind

Day = tuple[str, date, str]
"""Currency, day, kind."""
CohortMonth = tuple[str, date, date]
"""Currency, month of the first payment, month of the change."""


@dataclass(slots=True)
class Sums:
    """Sums to be added to those that are kept."""

    zone: ZoneInfo
    counts: Counter[Day] = field(default_factory=Counter)
    amounts: Counter[Day] = field(default_factory=Counter)
    cohorts: Counter[CohortMonth] = field(default_factory=Counter)

    def add(self, entries: Sequence[Entry], times: int = 1) -> None:
        """Add all entries of one customer; with `times` -1, take them away."""
        first: dict[str, date] = {}
        for one in sorted(entries, key=_at):
            day = one.at.astimezone(self.zone).date()
            key = (one.currency, day, one.kind.value)
            self.counts[key] += times
            self.amounts[key] += times * one.amount_minor
            if one.kind in ARRIVALS or one.kind in DEPARTURES:
                month = day.replace(day=1)
                cohort = first.setdefault(one.currency, month)
                self.cohorts[one.currency, cohort, month] += times if one.kind in ARRIVALS else -times

    @property
    def days(self) -> list[tuple[Day, int, int]]:
        """What changes: the key, how many more, how much more."""
        changed = ((key, self.counts[key], self.amounts[key]) for key in self.counts)
        return [one for one in changed if one[1] or one[2]]


def _at(entry: Entry) -> tuple[datetime, bool]:
    """Sort by time; of one moment, what has ended before what begins."""
    return entry.at, entry.kind in ARRIVALS


def entry_of(kind: str, currency: str, at: datetime, amount_minor: int) -> Entry:
    """Return a row's entry."""
    return Entry(Kind(kind), currency, at, amount_minor)
