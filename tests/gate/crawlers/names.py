"""Name servers that say what a test tells them to, at once or when they are let go."""

import time
from collections.abc import Callable
from threading import Event

from paywall.gate.crawlers.lookups import Unanswered
from paywall.gate.crawlers.rules import Address

GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
BINGBOT = "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"
IN_GOOGLES_RANGES = "66.249.66.1"
RENTED = "34.100.182.97"
"""An address that leads to Googlebot's name, and is in no range that came with us."""
NAME = "geo-crawl-34-100-182-97.geo.googlebot.com"


class Names:
    """What addresses and names lead to; whoever is in `failing` gets no answer. While `held`, nobody does."""

    def __init__(self, back: dict[str, list[str]] | None = None, there: dict[str, list[str]] | None = None) -> None:
        self.back = {RENTED: [f"{NAME}."]} if back is None else back
        self.there = {NAME: [RENTED]} if there is None else there
        self.failing: set[str] = set()
        self.asked: list[str] = []
        self.go = Event()
        self.go.set()

    def names(self, address: Address) -> list[str]:
        return self._answer(str(address), self.back)

    def addresses(self, name: str, version: int) -> list[str]:
        return [one for one in self._answer(name, self.there) if (":" in one) == (version == 6)]

    def _answer(self, asked: str, known: dict[str, list[str]]) -> list[str]:
        self.asked.append(asked)
        assert self.go.wait(20), "nobody let go"
        if asked in self.failing:
            raise Unanswered("SERVFAIL")
        return known.get(asked, [])


def until(is_so: Callable[[], object], seconds: float = 10) -> None:
    """Wait for what the background does."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.005)
