"""A queue for those who write to one SQLite file from one process, so that nobody is out of luck for long.

SQLite has one writer and no queue. Whoever finds the file locked sleeps and tries again, and with forty threads one of
them is overtaken until its patience is over: "database is locked". Here they sleep until they are called, in the order
in which they came. Whoever happens to be awake may still go first, which keeps the file busy while the one who was
called wakes up, but never before one who has waited for `overtaken_s`: to that one the turn is handed over.

A turn is as long as a write transaction, which is never open across anything slow. Writers of other processes are met
as before, by SQLite's own waiting.
"""

from collections import deque
from threading import Event, Lock
from time import monotonic


class Waiting(Event):
    """One who waits, set when it is called."""

    def __init__(self) -> None:
        super().__init__()
        self.since = monotonic()


class WriterQueue:
    """Turns at writing; safe to share between threads."""

    def __init__(self, overtaken_s: float = 0.1) -> None:
        self._overtaken_s = overtaken_s
        self._guard = Lock()
        self._is_taken = False
        self._waiting: deque[Waiting] = deque()

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._waiting)

    def enter(self, patience_s: float) -> bool:
        """Wait for a turn, for this long at most; tells whether it came. If it did, `leave` must follow."""
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return True
            one = Waiting()
            self._waiting.append(one)
        return self._wait(one, one.since + patience_s)

    def leave(self) -> None:
        """End a turn: the first who waits is called, and has the next one for sure if it has waited for long."""
        with self._guard:
            self._is_taken = False
            if self._waiting:
                first = self._waiting[0]
                if monotonic() - first.since >= self._overtaken_s:
                    self._give(first)
                first.set()

    def _wait(self, one: Waiting, until: float) -> bool:
        while True:
            in_time = one.wait(max(0, until - monotonic()))
            with self._guard:
                if one not in self._waiting:  # the turn was handed over
                    return True
                if not self._is_taken:
                    self._give(one)
                    return True
                if not in_time:
                    self._waiting.remove(one)
                    return False
                one.clear()  # somebody who was awake went first

    def _give(self, one: Waiting) -> None:
        self._waiting.remove(one)
        self._is_taken = True
