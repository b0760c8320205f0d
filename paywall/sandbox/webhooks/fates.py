"""What may happen to webhooks on their way: all that Stripe warns of, by chance but the same for the same seed."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from paywall.sandbox.faults import Fault
from paywall.sandbox.webhooks.waiting import Delivery

_FARTHEST_BEHIND = 10


@dataclass(frozen=True)
class Fate:
    """How one delivery fares: `copies` sent, or lost, or put off; `behind` says how many others overtake it."""

    copies: int = 1
    behind: float = 0
    delay: int = 0
    """In seconds of business time."""
    is_lost: bool = False


Fated = Callable[[Delivery], Fate]


@dataclass(frozen=True)
class Chaos:
    """Lets webhooks come twice, late, in any order, or only when they are tried again; each value is a chance.

    `lag` puts the first attempt of every one off by so many seconds of business time, so that the browser is back from
    the payment page before the webhook comes.
    """

    seed: int = 0
    reorder: float = 0.3
    duplicate: float = 0.2
    delay: float = 0.1
    lose: float = 0.1
    longest_delay: int = 300
    lag: int = 0

    def __call__(self, one: Delivery) -> Fate:
        """Return what happens to this attempt."""
        if self.lag and one.is_fresh:
            return Fate(delay=self.lag)
        chance = Random(f"{self.seed} {one.seq} {one.attempts} {one.due_at}")  # noqa: S311 - chance, no secret
        draws = [chance.random() for _ in range(4)]
        if draws[0] < self.lose:
            return Fate(is_lost=True)
        if draws[1] < self.delay:
            return Fate(delay=chance.randint(1, self.longest_delay))
        behind = chance.uniform(1, _FARTHEST_BEHIND) if draws[2] < self.reorder else 0
        return Fate(copies=2 if draws[3] < self.duplicate else 1, behind=behind)


def fate_by(fault: Fault) -> Fate:
    """Return what a fault on the route of webhooks does to one of them."""
    is_lost = fault.drop_before or fault.drop_after_commit or fault.hang or fault.status is not None
    behind = float("inf") if fault.reorder else 0
    return Fate(copies=2 if fault.dup else 1, behind=behind, delay=int(fault.delay), is_lost=is_lost)
