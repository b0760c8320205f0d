"""Things to be done beside answering: each once at a time, by a few threads that end when nothing is left to do."""

import os
from collections import Counter, deque
from collections.abc import Callable, Hashable
from threading import Lock, Thread
from typing import Generic, TypeVar

from structlog import get_logger

log = get_logger()
K = TypeVar("K", bound=Hashable)
MOST_WAITING = 500
MOST_OF_A_KIND = 8
WORKERS = 4


class Errands(Generic[K]):
    """Runs `run(errand)` some time soon. Safe to share between threads; a forked process begins with none.

    At most `most_waiting` wait, and at most `most_of_a_kind` of one `kind_of`: whoever makes up errands without end
    keeps out others of that kind, and nobody else. What is not taken is counted as lost.
    """

    def __init__(
        self,
        run: Callable[[K], object],
        kind_of: Callable[[K], Hashable],
        *,
        most_waiting: int = MOST_WAITING,
        most_of_a_kind: int = MOST_OF_A_KIND,
        workers: int = WORKERS,
    ) -> None:
        self._run, self._kind_of = run, kind_of
        self._most_waiting, self._most_of_a_kind, self._most_workers = most_waiting, most_of_a_kind, workers
        self._lock = Lock()
        self.lost = 0
        self._begin()

    def _begin(self) -> None:
        self._process = os.getpid()
        self._waiting: deque[K] = deque()
        self._known: set[K] = set()
        self._kinds: Counter[Hashable] = Counter()
        self._workers = 0

    def send(self, errand: K) -> bool:
        """Have an errand done; returns at once, and whether it will be. One that is under way is not sent again."""
        with self._lock:
            if self._process != os.getpid():
                self._begin()
            if errand in self._known:
                return True
            kind = self._kind_of(errand)
            if len(self._waiting) >= self._most_waiting or self._kinds[kind] >= self._most_of_a_kind:
                self.lost += 1
                return False
            self._known.add(errand)
            self._kinds[kind] += 1
            self._waiting.append(errand)
            if self._workers < self._most_workers:
                self._workers += 1
                Thread(target=self._work, name="crawler look-ups", daemon=True).start()
            return True

    def are_done(self) -> bool:
        """Whether nothing waits and nothing is under way."""
        with self._lock:
            return not self._known

    def _work(self) -> None:
        while (errand := self._next()) is not None:
            try:
                self._run(errand)
            except Exception:
                log.exception("an errand failed")
            finally:
                self._forget(errand)

    def _next(self) -> K | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._workers -= 1
            return None

    def _forget(self, errand: K) -> None:
        with self._lock:
            self._known.discard(errand)
            kind = self._kind_of(errand)
            self._kinds[kind] -= 1
            if not self._kinds[kind]:
                del self._kinds[kind]
