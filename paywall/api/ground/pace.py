"""How many calls a key may make in a second.

Counted in each serving process: a ceiling that keeps a slip of one publisher's server from crowding out everybody else,
not a price.
"""

from typing import NamedTuple

from limits.storage import MemoryStorage

from paywall.errors import PaywallError
from paywall.publishers.keys.rules import Caller

_WINDOW_SECONDS = 1


class TooManyCalls(PaywallError):
    """More calls in a second than this key may make. Wait for a second."""

    status = 429
    code = "too_many_calls"
    retry_after = _WINDOW_SECONDS


class Budget(NamedTuple):
    """What is left of this second's calls."""

    limit: int
    left: int

    @property
    def headers(self) -> list[tuple[str, str]]:
        """How a program is told."""
        return [
            ("RateLimit-Limit", str(self.limit)),
            ("RateLimit-Remaining", str(max(self.left, 0))),
            ("RateLimit-Reset", str(_WINDOW_SECONDS)),
        ]


class Pace:
    """Counts calls by key. Safe to share between threads."""

    def __init__(self) -> None:
        self._counts = MemoryStorage()

    def count(self, caller: Caller, calls: int = 1) -> Budget:
        """Count `calls` more; the budget's `left` is negative where that was too many."""
        used = self._counts.incr(f"key:{caller.key_id}", _WINDOW_SECONDS, calls)
        return Budget(caller.calls_per_second, caller.calls_per_second - used)

    def spend(self, caller: Caller, calls: int) -> None:
        """Count a call as so many more; raises TooManyCalls."""
        if self.count(caller, calls).left < 0:
            raise TooManyCalls
