"""Differences planted among healthy subscriptions, the long stop run over all, and what it came to."""

import itertools
from collections import Counter
from dataclasses import dataclass, field

from paywall.billing.reconciling.comparing import reconcile
from paywall.billing.syncing.sync import sync_subscription
from tests.billing.stripe_world import World, make_price
from tests.proof.drift.books import Rows, books
from tests.proof.drift.planting import KINDS, Planted, plant
from tests.proof.storm.stories import Life, begin

FOREIGN = 10
_QUICKLY = 10_000.0
"""Reads a second: the stand-in need not be spared."""


@dataclass
class Outcome:
    """What was planted, and what became of each."""

    healthy: int
    planted: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    repaired: Counter[str] = field(default_factory=Counter)
    changed_by_telling: int = 0
    false_alarms: list[str] = field(default_factory=list)
    left_over: list[str] = field(default_factory=list)
    """What a second comparison finds."""

    @property
    def is_good(self) -> bool:
        all_the_same = self.planted == self.told == self.found == self.repaired
        return all_the_same and not (self.changed_by_telling or self.false_alarms or self.left_over)

    def __str__(self) -> str:
        rows = [(kind, *(of[kind] for of in self._columns)) for kind in self.planted]
        head = f"{'kind':32}{'planted':>9}{'told (dry run)':>16}{'found':>7}{'repaired':>10}"
        lines = [f"{kind:32}{made:>9}{told:>16}{found:>7}{mended:>10}" for kind, made, told, found, mended in rows]
        sums = [of.total() for of in self._columns]
        return "\n".join(
            [
                head,
                *lines,
                *(f"FALSE ALARM: {one}" for one in self.false_alarms),
                *(f"LEFT OVER: {one}" for one in self.left_over),
                (
                    f"planted {sums[0]}, told by a dry run {sums[1]}, found {sums[2]}, repaired {sums[3]}, "
                    f"false alarms {len(self.false_alarms)} among {self.healthy:,} healthy and {FOREIGN} foreign ones, "
                    f"found again {len(self.left_over)}"
                ),
            ]
        )

    @property
    def _columns(self) -> tuple[Counter[str], ...]:
        return self.planted, self.told, self.found, self.repaired


def drift(world: World, planted: int, healthy: int) -> Outcome:
    """Plant so many differences among so many healthy subscriptions, compare, and return what was found."""
    lives = [_in_order(world) for _ in range(planted + healthy)]
    for _ in range(FOREIGN):
        world.subscribe(world.customer(None), price=make_price(world.billing.gateway, None))
    spoilt = _plant(world, lives[:planted])
    sound = {life.subscription: books(world, life.subscription) for life in lives[planted:]}
    outcome = Outcome(healthy, Counter(one.kind for one in spoilt))
    _tell(world, spoilt, outcome)
    _repair(world, spoilt, sound, outcome)
    outcome.left_over = [str(one) for one in reconcile(world.billing, reads_per_second=_QUICKLY).drifts]
    return outcome


def _in_order(world: World) -> Life:
    life = begin(world)
    sync_subscription(world.billing, life.subscription)
    return life


def _plant(world: World, lives: list[Life]) -> list[Planted]:
    kinds = itertools.cycle(KINDS)
    return [plant(world, next(kinds), life) for life in lives]


def _tell(world: World, spoilt: list[Planted], outcome: Outcome) -> None:
    before = [books(world, one.subject) for one in spoilt]
    told = {drift.subject for drift in reconcile(world.billing, dry_run=True, reads_per_second=_QUICKLY).drifts}
    outcome.told.update(one.kind for one in spoilt if one.subject in told)
    outcome.changed_by_telling = sum(books(world, one.subject) != was for one, was in zip(spoilt, before, strict=True))


def _repair(world: World, spoilt: list[Planted], sound: dict[str, Rows], outcome: Outcome) -> None:
    report = reconcile(world.billing, reads_per_second=_QUICKLY)
    found = {drift.subject for drift in report.drifts}
    outcome.found.update(one.kind for one in spoilt if one.subject in found)
    outcome.repaired.update(one.kind for one in spoilt if one.is_repaired())
    known = {one.subject for one in spoilt}.union(*(one.others for one in spoilt))
    outcome.false_alarms = [str(drift) for drift in report.drifts if drift.subject not in known]
    outcome.false_alarms += [f"{key} was changed" for key, was in sound.items() if books(world, key) != was]
