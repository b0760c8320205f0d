"""Pages that were rendered for a decision, kept in memory up to a number of bytes, the least used dropped first."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import NamedTuple

from paywall.gate.decision import Decision

MOST_BYTES = 128 * 1024 * 1024
_COST_OF_ONE = 2_000
"""Bytes that headers and bookkeeping take beside the body."""


class PageKey(NamedTuple):
    """What a page was rendered for."""

    article_id: int
    version: str
    language: str
    decision: Decision

    @property
    def alike(self) -> Hashable:
        """What pages have in common that differ only in what they ask of the reader."""
        return self.article_id, self.version, self.language, self.decision.extent


class Page(NamedTuple):
    """A whole answer, ready to be sent again."""

    status: str
    headers: list[tuple[str, str]]
    """Never changed: an answer sends a copy."""
    body: bytes
    generation: int = -1
    """When it was rendered, counted in calls of `forget_all`."""


class Variants:
    """Keeps pages by key. Safe to share between threads."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._lock = Lock()
        self._pages: OrderedDict[PageKey, Page] = OrderedDict()
        self._alike: dict[Hashable, PageKey] = {}
        self._bytes = 0
        self.generation = 0

    def get(self, key: PageKey) -> Page | None:
        """Return the page of that key if it is still good."""
        page = self._pages.get(key)
        if page is None or page.generation != self.generation:
            return None
        try:  # noqa: SIM105 - `suppress` would take longer than the look-up
            self._pages.move_to_end(key)
        except KeyError:
            pass  # another thread has dropped it since; it may still be sent
        return page

    def instead(self, key: PageKey) -> Page | None:
        """Return what can stand in while the inside is down: this page as it was, else one that shows as much."""
        alike = self._alike.get(key.alike)
        return self._pages.get(key) or (self._pages.get(alike) if alike else None)

    def keep(self, key: PageKey, page: Page) -> None:
        """Keep a page, unless it was rendered before everything was last forgotten."""
        with self._lock:
            if page.generation != self.generation:
                return
            old = self._pages.pop(key, None)
            self._bytes += _cost(page) - (_cost(old) if old else 0)
            self._pages[key] = page
            self._alike[key.alike] = key
            while self._bytes > self._most_bytes:
                self._drop_oldest()

    def forget_all(self) -> None:
        """Have every page rendered anew before it is sent again."""
        with self._lock:
            self.generation += 1

    def _drop_oldest(self) -> None:
        key, page = self._pages.popitem(last=False)
        self._bytes -= _cost(page)
        if self._alike.get(key.alike) == key:
            del self._alike[key.alike]


def _cost(page: Page) -> int:
    return len(page.body) + _COST_OF_ONE
