"""The ranges that hold just now, in this process's memory: what was fetched, or else what came with this version.

What was fetched is believed for a while only. Operators rent addresses, and give them back.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from functools import cache
from ipaddress import ip_network
from typing import NamedTuple

from structlog import get_logger

from paywall import clock
from paywall.changes import Change, ChangeKind
from paywall.database import Database
from paywall.gate.crawlers.catalogue import OPERATORS
from paywall.gate.crawlers.ranges.reading import RangesRefused, sensible
from paywall.gate.crawlers.ranges.sets import Range, RangeSet
from paywall.gate.crawlers.ranges.tables import FetchedRanges, fetched_ranges
from paywall.gate.crawlers.rules import Address, Operator

log = get_logger()
BELIEVED_FOR = timedelta(days=60)
LOOK_SECONDS = 300


class Held(NamedTuple):
    """An operator's ranges, and where they are from."""

    ranges: tuple[Range, ...]
    source: str
    as_of: datetime | None
    """Wall time; None where there are none."""


NOTHING = Held((), "", None)


class Ranges:
    """Answers from memory; safe to share between threads. Until the first `load` it goes by what came with us."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held: Mapping[str, Held] = {}
        self._sets: dict[str, RangeSet] = {}
        self._hold(())

    def holds(self, operator: Operator, address: Address) -> bool:
        """Tell whether an address is in the operator's ranges."""
        return address in self._sets[operator.name]

    def of(self, operator: Operator) -> Held:
        """Return the operator's ranges."""
        return self._held[operator.name]

    def load(self) -> None:
        """Read what was fetched; raises what the database raises."""
        with self._database.reading() as session:
            self._hold(fetched_ranges(session))

    def hear(self, change: Change) -> None:
        """Read the ranges again where others were fetched."""
        if change.kind is ChangeKind.CRAWLER_RANGES:
            self.load()

    def _hold(self, fetched: Iterable[FetchedRanges]) -> None:
        rows, now = {row.operator: row for row in fetched}, clock.wall()
        self._held = {name: newest(one, rows.get(name), now) for name, one in OPERATORS.items()}
        self._sets = {name: RangeSet(held.ranges) for name, held in self._held.items()}


def newest(operator: Operator, row: FetchedRanges | None, now: datetime) -> Held:
    """Return what holds for an operator at wall time `now`."""
    came = bundled(operator)
    if row is None or now - row.fetched_at > BELIEVED_FOR or (came.as_of and came.as_of > row.fetched_at):
        return came
    try:
        return Held(sensible(map(ip_network, row.ranges)), row.source, row.fetched_at)
    except (ValueError, RangesRefused):
        log.exception("ranges that were kept make no sense", operator=operator.name)
        return came


@cache
def bundled(operator: Operator) -> Held:
    """Return the ranges that came with this version."""
    if operator.bundled_as_of is None:
        return NOTHING
    as_of = datetime.combine(operator.bundled_as_of, time(), UTC)
    return Held(tuple(map(ip_network, operator.bundled)), "came with this version", as_of)
