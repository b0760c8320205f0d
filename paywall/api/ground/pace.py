"""How many calls a key may make in a second.

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


class _Second:
    """The calls of one key in one second."""

    __slots__ = ("began_at", "calls")

    def __init__(self) -> None:
        self.began_at, self.calls = 0, 0


class Pace:
    """Counts calls by key. Safe to share between threads.

    Not by the library that counts tries (`paywall.web.limits`): that one starts a thread now and then to forget old
    counts, which costs more than all the rest of an answer; here there is one small count for each key.
    """

    def __init__(self) -> None:
        self._seconds: dict[int, _Second] = {}
        self._lock = Lock()

    def count(self, caller: Caller, calls: int = 1) -> int:
        """Count `calls` more; returns how many are left of this second's, a negative number if that was too many."""
        now = int(monotonic())
        with self._lock:
            second = self._seconds.get(caller.key_id)
            if second is None:
                second = self._seconds[caller.key_id] = _Second()
            if second.began_at != now:
                second.began_at, second.calls = now, 0
            second.calls += calls
            return caller.calls_per_second - second.calls

    def spend(self, caller: Caller, calls: int) -> None:
        """Count a call as so many more; raises TooManyCalls."""
        if self.count(caller, calls) < 0:
            raise TooManyCalls


def pace_headers(caller: Caller, left: int) -> Headers:
    """Return how a program is told what is left of this second's calls."""
    limit = ("RateLimit-Limit", str(caller.calls_per_second))
    return [limit, ("RateLimit-Remaining", str(left) if left > 0 else "0"), _RESET]
