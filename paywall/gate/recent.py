"""What was made or proved lately, kept for a while without looking at a clock."""

from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """At least the last `most / 2` entries, and never more than `most`. Safe to share between threads."""

    def __init__(self, most: int) -> None:
        self._half = max(most // 2, 1)
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}

    def get(self, key: K) -> V | None:
        """Return what was put there, None if that was too long ago."""
        return self._young.get(key) or self._old.get(key)

    def put(self, key: K, value: V) -> None:
        """Keep a value."""
        if len(self._young) >= self._half:
            self._old, self._young = self._young, {}
        self._young[key] = value
