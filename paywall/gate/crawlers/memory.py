"""What look-ups have come to, kept for a while: who was found genuine, and who was not, apart from each other."""

from collections import OrderedDict
from threading import Lock
from typing import NamedTuple, TypeVar

from paywall.gate.crawlers.lookups import Outcome
from paywall.gate.crawlers.rules import Address

Asked = tuple[str, Address]
"""An operator's name, and an address that is said to be its."""
V = TypeVar("V")
MOST = 20_000
FRESH_SECONDS = {Outcome.CONFIRMED: 12 * 3600.0, Outcome.REFUSED: 3600.0, Outcome.UNANSWERED: 60.0}
"""After so long it is asked about again."""
GOOD_SECONDS = 24 * 3600.0
"""For so long after it was last confirmed somebody is taken for genuine, while name servers fail or are asked again."""


class _Genuine(NamedTuple):
    fresh_until: float
    good_until: float


class Memory:
    """Times are of the monotonic clock. Safe to share between threads. Fakes never push out who is genuine."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = Lock()
        self._genuine: OrderedDict[Asked, _Genuine] = OrderedDict()
        self._left_alone: OrderedDict[Asked, float] = OrderedDict()

    def is_genuine(self, asked: Asked, now: float) -> bool:
        """Tell whether the address is known to be the operator's."""
        known = self._genuine.get(asked)
        return known is not None and now < known.good_until

    def is_settled(self, asked: Asked, now: float) -> bool:
        """Tell whether there is no need to look it up just now."""
        known = self._genuine.get(asked)
        return (known is not None and now < known.fresh_until) or now < self._left_alone.get(asked, now)

    def note(self, asked: Asked, outcome: Outcome, now: float) -> None:
        """Keep what a look-up has come to. Who was genuine stays so for a while if there was no answer."""
        fresh_until = now + FRESH_SECONDS[outcome]
        with self._lock:
            if outcome is Outcome.CONFIRMED:
                self._left_alone.pop(asked, None)
                _put(self._genuine, asked, _Genuine(fresh_until, now + GOOD_SECONDS), self._most)
                return
            if outcome is Outcome.REFUSED:
                self._genuine.pop(asked, None)
            _put(self._left_alone, asked, fresh_until, self._most)


def _put(kept: "OrderedDict[Asked, V]", asked: Asked, value: V, most: int) -> None:
    kept.pop(asked, None)
    kept[asked] = value
    if len(kept) > most:
        kept.popitem(last=False)
