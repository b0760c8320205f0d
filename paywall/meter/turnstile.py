"""Room for a fixed number of threads at a time, given in the order in which they came.

The standard library's semaphore lets a thread that comes back overtake those that wait, so under load the unlucky ones
wait for seconds; here whoever leaves hands the place over.
"""

from collections import deque
from threading import Lock


class Turnstile:
    """`places` threads may be inside; the others wait their turn."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._lock = Lock()
        self._waiting: deque[Lock] = deque()

    def enter(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds for a place; return False if none was handed over."""
        with self._lock:
            if self._free:
                self._free -= 1
                return True
            turn = Lock()
            turn.acquire()
            self._waiting.append(turn)
        return turn.acquire(timeout=timeout) or self._was_handed_over(turn)

    def leave(self) -> None:
        """Hand the place to whoever has waited longest."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1

    def _was_handed_over(self, turn: Lock) -> bool:
        # the place may have come in the very instant in which patience ran out
        with self._lock:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return False
            return True
