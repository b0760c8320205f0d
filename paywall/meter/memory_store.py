"""The meter's rows in the memory of one process: for trying things out, and while the real store is down."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from paywall.meter.store import Row

MOST_ROWS = 200_000


class MemoryRows:
    """A dict behind a lock. Past `most_rows` the row that was longest not used is dropped: its reader starts anew.

    Processes share nothing, a fork takes a copy, and a restart forgets everything.
    """

    def __init__(self, most_rows: int = MOST_ROWS) -> None:
        self._most_rows = most_rows
        self._lock = Lock()
        self._rows: OrderedDict[tuple[bytes, str], tuple[bytes, int]] = OrderedDict()

    def read(self, row: Row) -> bytes | None:
        """Return the packed value, None where there is no row."""
        with self._lock:
            return self._value((row.holder, row.window))

    def swap(self, row: Row, old: bytes | None, new: bytes) -> bool:
        """Replace `old` by `new` if it is still there."""
        key = (row.holder, row.window)
        with self._lock:
            if self._value(key) != old:
                return False
            self._rows[key] = (new, row.expires_at)
            if len(self._rows) > self._most_rows:
                self._rows.popitem(last=False)
            return True

    def delete(self, holder: bytes) -> None:
        """Delete the holder's rows of every window."""
        self._drop(lambda key, _: key[0] == holder)

    def sweep(self, now: int) -> int:
        """Delete rows that expired by the epoch second `now`; return how many."""
        return self._drop(lambda _, expires_at: expires_at <= now)

    def ping(self) -> None:
        """Return: memory always answers."""

    def _value(self, key: tuple[bytes, str]) -> bytes | None:
        kept = self._rows.get(key)
        if kept is None:
            return None
        self._rows.move_to_end(key)
        return kept[0]

    def _drop(self, condition: Callable[[tuple[bytes, str], int], bool]) -> int:
        with self._lock:
            doomed = [key for key, (_, expires_at) in self._rows.items() if condition(key, expires_at)]
            for key in doomed:
                del self._rows[key]
            return len(doomed)
