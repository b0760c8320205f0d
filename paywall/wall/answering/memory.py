"""What the wall around a foreign site remembers: how pages were cut, and whole pages."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, NamedTuple, Protocol, TypeVar

from paywall.gate.decision import ArticleName

MOST_BYTES = 64 * 1024 * 1024
_COST_OF_ONE = 1_000


class Sized(Protocol):
    """What is remembered."""

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        ...


K = TypeVar("K", bound=Hashable)
V = TypeVar("V", bound=Sized)


class Memory(Generic[K, V]):
    """Keeps things by key up to a number of bytes, the least used dropped first. Safe to share between threads."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._lock = Lock()
        self._kept: OrderedDict[K, V] = OrderedDict()
        self._bytes = 0

    def get(self, key: K) -> V | None:
        """Return what was kept."""
        found = self._kept.get(key)
        if found is not None:
            try:  # noqa: SIM105 - `suppress` would take longer than the look-up
                self._kept.move_to_end(key)
            except KeyError:
                pass  # another thread has dropped it since
        return found

    def keep(self, key: K, value: V) -> None:
        """Keep something, in the place of what was kept under that key."""
        with self._lock:
            old = self._kept.pop(key, None)
            self._bytes += _cost(value) - (_cost(old) if old else 0)
            self._kept[key] = value
            while self._bytes > self._most_bytes and self._kept:
                self._bytes -= _cost(self._kept.popitem(last=False)[1])

    def forget_all(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0


class Cut(NamedTuple):
    """A page as it is cut: the invitation stands between the two. Neither, where it could not be cut clean."""

    before: bytes = b""
    after: bytes = b""
    is_clean: bool = True


class Looked(NamedTuple):
    """What was found by looking into a page: the article it shows, if any, and how it is cut, if it was yet."""

    name: ArticleName | None
    is_marked: bool = False
    """By a header or a comment, not by the selector alone: it is an article whatever anybody knows of it."""
    cut: Cut | None = None

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        named = len(self.name.url) if self.name else 0
        return named + (len(self.cut.before) + len(self.cut.after) if self.cut else 0)


def _cost(value: Sized) -> int:
    return value.size + _COST_OF_ONE
