"""Whether a request is from the crawler that it says it is from: answered at once, by what is known.

An address that nobody has looked up yet is answered as a visitor's, and looked up in the background: the next request
from there has the verdict. No reader, and no crawler, ever waits for a name server.
"""

import time
from collections.abc import Callable

from paywall.gate.crawlers.catalogue import OPERATORS, claim_of
from paywall.gate.crawlers.errands import Errands
from paywall.gate.crawlers.lookups import Resolver, look_up
from paywall.gate.crawlers.memory import Asked, Memory
from paywall.gate.crawlers.ranges.holding import Ranges
from paywall.gate.crawlers.rules import Address, Crawler, Operator, read_address
from paywall.web.addresses import network_of


class Crawlers:
    """Tells crawlers from those who play one. Safe to share between threads."""

    def __init__(self, ranges: Ranges, resolver: Resolver, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Go by `ranges`, and by what `resolver` says."""
        self.ranges, self.resolver = ranges, resolver
        self._monotonic = monotonic
        self._memory = Memory()
        self.errands = Errands(self._look_up, _network)

    def verify(self, address: str, user_agent: str) -> Crawler | None:
        """Return the crawler that a request is from, by the address it came from and what it calls itself.

        None for everybody else, and for a crawler that is not known yet. Returns at once.
        """
        claimed = claim_of(user_agent)
        found = read_address(address) if claimed else None
        if claimed is None or found is None:
            return None
        return claimed if self._is_of(claimed.operator, found) else None

    def _is_of(self, operator: Operator, address: Address) -> bool:
        if self.ranges.holds(operator, address):
            return True
        if not operator.hosts:
            return False
        asked, now = (operator.name, address), self._monotonic()
        if not self._memory.is_settled(asked, now):
            self.errands.send(asked)
        return self._memory.is_genuine(asked, now)

    def _look_up(self, asked: Asked) -> None:
        name, address = asked
        found = look_up(self.resolver, address, OPERATORS[name].hosts)
        self._memory.note(asked, found.outcome, self._monotonic())


def _network(asked: Asked) -> str:
    return network_of(str(asked[1]))
