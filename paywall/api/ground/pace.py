"""How many calls a key may make in a second, and a publishable one from one network.

Counted in each serving process: a ceiling that keeps a slip of one publisher's server from crowding out everybody else,
not a price.
"""

from threading import Lock
from time import monotonic

from paywall.errors import PaywallError
from paywall.publishers.keys.rules import Caller

_WINDOW_SECONDS = 1
_RESET = ("RateLimit-Reset", str(_WINDOW_SECONDS))


class TooManyCalls(PaywallError):
    """More calls in a second than this key may make. Wait for a second."""

    status = 429
    code = "too_many_calls"
    retry_after = _WINDOW_SECONDS


Headers = list[tuple[str, str]]


class Pace:
    """Counts calls by key, those of pages by the network they come from, too. Safe to share between threads.

    A publishable key is everybody's: whoever calls with it as often as they can has none refused but their own.
    Not by the library that counts tries (`paywall.web.limits`): that one starts a thread now and then to forget old
    counts, which costs more than all the rest of an answer; here all counts are forgotten with each second.
    """

    def __init__(self) -> None:
        self._second = 0
        self._calls: dict[tuple[int, str], int] = {}
        self._lock = Lock()

    def count(self, caller: Caller, calls: int = 1, network: str = "") -> int:
        """Count `calls` more; returns how many are left of this second's, a negative number if that was too many."""
        now, who = int(monotonic()), (caller.key_id, network)
        with self._lock:
            if self._second != now:
                self._second, self._calls = now, {}
            made = self._calls[who] = self._calls.get(who, 0) + calls
            return caller.calls_per_second - made

    def spend(self, caller: Caller, calls: int, network: str = "") -> None:
        """Count a call as so many more; raises TooManyCalls."""
        if self.count(caller, calls, network) < 0:
            raise TooManyCalls


def pace_headers(caller: Caller, left: int) -> Headers:
    """Return how a program is told what is left of this second's calls."""
    limit = ("RateLimit-Limit", str(caller.calls_per_second))
    return [limit, ("RateLimit-Remaining", str(left) if left > 0 else "0"), _RESET]
