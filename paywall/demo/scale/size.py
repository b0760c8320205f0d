"""How big a publication to make up, and the dice for each part of it."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Generic, TypeVar

from paywall import clock

T = TypeVar("T")
FOUNDED = timedelta(days=3 * 365)
"""How long ago the first reader joined."""


@dataclass(frozen=True, slots=True)
class Size:
    """What to make. The same values make the same rows.

    `now` is aware UTC: nothing that is made up has happened later.
    """

    readers: int
    subscriptions: int
    views: int
    seed: int
    now: datetime

    @property
    def founded_at(self) -> datetime:
        """When the first reader joined."""
        return self.now - FOUNDED

    def dice(self, part: str) -> random.Random:
        """Return the dice for one part: what another part throws does not change what these throw."""
        return random.Random(f"{self.seed}:{part}")  # noqa: S311 - made-up people need no secrets


def asked_for(readers: int, subscriptions: int | None, views: int | None, seed: int, until: datetime | None) -> Size:
    """Return the size that was asked for; a day is meant in UTC, today is up to this morning."""
    day = (until or clock.now()).replace(hour=6, minute=0, second=0, microsecond=0, tzinfo=UTC)
    bought = readers * 3 // 10 if subscriptions is None else subscriptions
    return Size(readers, bought, readers * 5 if views is None else views, seed, day)


class Bag(Generic[T]):
    """Things to draw, each as often as its share says."""

    def __init__(self, shares: Mapping[T, float]) -> None:
        self._things, self._shares = list(shares), list(accumulate(shares.values()))

    def draw(self, dice: random.Random) -> T:
        """Return one of them; what is drawn stays in."""
        return dice.choices(self._things, cum_weights=self._shares)[0]


def up_to(dice: random.Random, length: timedelta) -> timedelta:
    """Return a length of time below `length`, in whole seconds."""
    return timedelta(seconds=int(dice.random() * length.total_seconds()))
