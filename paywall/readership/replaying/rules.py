"""What would have happened under another allowance. Pure: views in, counts out.

Which views the meter decides, and that an allowance of 0 is a wall, is asked of the gate's own rules; which window a
view lies in, of the meter's. In a calendar window the first `allowance` distinct articles are open and all others
stay shut, so the place of an article among those somebody asked for says under which allowances it was shut. In a
rolling window a refused article takes no place and an old one gives its place back, so each allowance is gone
through by itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from functools import lru_cache, partial
from itertools import accumulate
from typing import Any, Final, NamedTuple

from paywall.articles.rules import AccessLevel
from paywall.entitlements.rules import Standing
from paywall.gate.decide import NEEDS_METER, Case, first_step
from paywall.gate.decision import OPENING, Reason
from paywall.meter.windows import WindowRule, window_at
from paywall.readership.rules import OUTCOMES, is_wall, number_of

MOST: Final = 50
"""The greatest allowance that is looked at."""
_OPENED_BY_METER: Final = number_of(Reason.METERED)
_COUNTED: Final = frozenset({Reason.METERED, Reason.METER_USED_UP, Reason.SUBSCRIPTION_REQUIRED})


class Kind(Enum):
    """What another allowance can change about a view."""

    METERED = "the meter decides"
    OPEN = "open whatever the allowance"
    WALL = "shut whatever the allowance"
    LEFT_OUT = "something was down"


class View(NamedTuple):
    """One stored view; `at` is an epoch second, `outcome` a place in OUTCOMES."""

    at: int
    article: int
    outcome: int


def _zeros() -> list[int]:
    return [0] * (MOST + 2)


@dataclass(slots=True)
class Tally:
    """Counts over the views of visitors, or of readers. Lists have a place for each number from 0 to 51 or more."""

    holders: int = 0
    views: int = 0
    walls: int = 0
    """Shown, as it was."""
    walled: int = 0
    """Holders to whom one was shown."""
    used: list[int] = field(default_factory=_zeros)
    """Holders who had opened so many distinct articles by the meter."""
    fixed_walls: int = 0
    fixed_walled: int = 0
    would_show: list[int] = field(default_factory=_zeros)
    """Walls that the meter would have shown, by allowance."""
    would_wall: list[int] = field(default_factory=_zeros)
    """Holders, by allowance, but for those whom something else shuts out anyway."""

    def walls_with(self, allowance: int) -> int:
        """Return how many walls that allowance would have shown."""
        return self.fixed_walls + self.would_show[allowance]

    def walled_with(self, allowance: int) -> int:
        """Return how many people would have met one."""
        return self.fixed_walled + self.would_wall[allowance]


class Windows:
    """The windows of a rule, by epoch second."""

    def __init__(self, rule: WindowRule) -> None:
        self._rule = rule
        self.lasts = None if rule.days is None else rule.days * 24 * 60 * 60
        self._known: tuple[int, int] = (0, 0)

    def start_of(self, at: int) -> int:
        """Return where the window begins that holds `at`."""
        starts, ends = self._known
        if not starts <= at < ends:
            window = window_at(self._rule, datetime.fromtimestamp(at, UTC))
            starts, ends = int(window.starts_at.timestamp()), int(window.resets_at.timestamp())
            if self.lasts is None:
                self._known = (starts, ends)
        return starts


@lru_cache(maxsize=1024)
def kind_of(outcome: int, *, is_reader: bool) -> Kind:
    """Return what another allowance can change about a stored outcome, by the gate's own rules."""
    case = _case(OUTCOMES[outcome], is_reader=is_reader)
    if case is None:
        return Kind.LEFT_OUT
    said = first_step(case)
    if said is NEEDS_METER:
        return Kind.METERED
    return Kind.OPEN if said.is_full else Kind.WALL


def add_holder(tally: Tally, views: Sequence[View], *, is_reader: bool, windows: Windows, since: int) -> None:
    """Add one holder's views, oldest first, to the tally; those before `since` only fill the meter."""
    shown = [view for view in views if view.at >= since]
    if not shown:
        return
    kinds = [kind_of(view.outcome, is_reader=is_reader) for view in views]
    _add_what_was(tally, shown)
    fixed = sum(1 for view, kind in zip(views, kinds, strict=True) if kind is Kind.WALL and view.at >= since)
    tally.fixed_walls += fixed
    tally.fixed_walled += bool(fixed)
    metered = [view for view, kind in zip(views, kinds, strict=True) if kind is Kind.METERED]
    walls = _walls_in_rolling if windows.lasts else _walls_in_calendar
    for allowance, number in enumerate(walls(metered, windows, since)):
        tally.would_show[allowance] += number
        tally.would_wall[allowance] += bool(number) and not fixed


def _add_what_was(tally: Tally, shown: Sequence[View]) -> None:
    walls = sum(1 for view in shown if is_wall(view.outcome))
    opened = {view.article for view in shown if view.outcome == _OPENED_BY_METER}
    tally.holders += 1
    tally.views += len(shown)
    tally.walls += walls
    tally.walled += bool(walls)
    tally.used[min(len(opened), MOST + 1)] += 1


def _walls_in_calendar(views: Sequence[View], windows: Windows, since: int) -> Sequence[int]:
    """Return how many walls each allowance from 0 on would have shown, as far as there were any."""
    places: dict[int, int] = {}
    began, found = -1, []
    for view in views:
        starts = windows.start_of(view.at)
        if starts != began:
            began, places = starts, {}
        place = places.setdefault(view.article, len(places) + 1)
        if view.at >= since:
            found.append(min(place, MOST + 1))
    return _behind_each(found)


def _behind_each(places: Sequence[int]) -> list[int]:
    """Return for each allowance from 0 on how many of the places are behind it, as far as there are any."""
    by_place = [0] * max(places, default=0)
    for place in places:
        by_place[place - 1] += 1
    return list(accumulate(reversed(by_place)))[::-1]


def _walls_in_rolling(views: Sequence[View], windows: Windows, since: int) -> Sequence[int]:
    distinct = len({view.article for view in views})
    leaving = [windows.start_of(view.at) for view in views]
    return [_walls_of(views, leaving, allowance, since) for allowance in range(min(distinct, MOST + 1))]


def _walls_of(views: Sequence[View], leaving: Sequence[int], allowance: int, since: int) -> int:
    """Go through the views with one allowance; those taken at `leaving` or before have left by then."""
    taken: dict[int, int] = {}
    walls = 0
    for view, left in zip(views, leaving, strict=True):
        taken = {article: at for article, at in taken.items() if at > left}
        if view.article in taken:
            continue
        if len(taken) < allowance:
            taken[view.article] = view.at
        else:
            walls += view.at >= since
    return walls


def _case(reason: Reason, *, is_reader: bool) -> Case | None:
    """Return the case in which the gate gave that reason for a metered article; None where something was down."""
    case = Case(AccessLevel.METERED, allowance=1, is_registered=is_reader)
    make = _CASES.get(reason)
    return None if make is None else make(case)


def _cases() -> dict[Reason, Callable[[Case], Case]]:
    """Return how a case that the meter decides becomes the one that had this reason.

    What opens by itself stays open, as a pass for the very article does.
    """
    return {
        **{reason: partial(_with, proof=reason) for reason in OPENING},
        **{Reason(standing): partial(_with, standing=standing) for standing in Standing},
        **dict.fromkeys(_COUNTED, _with),
        Reason.REGISTRATION_REQUIRED: partial(_with, registration_wall=True, is_registered=False),
        Reason.SUSPENDED: partial(_with, is_suspended=True),
        Reason.FREE_ARTICLE: partial(_with, wall_is_lifted=True),
        Reason.STAFF: partial(_with, is_staff=True),
        Reason.VERIFIED_CRAWLER: partial(_with, is_crawler=True),
    }


def _with(case: Case, **changes: Any) -> Case:  # noqa: ANN401 - fields of a case
    return case._replace(**changes)


_CASES: Final = _cases()
