"""Does everything that has fallen due, each at its own second and in order: by business time, and by test clocks."""

from collections.abc import Callable
from typing import Protocol

from paywall.sandbox.billing import turns
from paywall.sandbox.clocks import test_clocks
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.store import Store
from paywall.sandbox.state.work import CLOCK, Work


class BeginTurn(Protocol):
    """Begins a piece of work that fell due at `second`, by a test clock or (None) by business time."""

    def __call__(self, second: int, clock: str | None) -> Work:
        """Return the work."""


class Ticker:
    """Takes turns on one store; several threads and processes may tick at once, each turn is taken by one."""

    def __init__(self, store: Store, seconds: Callable[[], int], begin: BeginTurn) -> None:
        """Take the store, business time in seconds, and how a turn is begun."""
        self._store, self._seconds, self._begin = store, seconds, begin

    def tick(self) -> int:
        """Do everything that is due until now; return how many turns were taken."""
        return self._run(None, self._seconds())

    def next_due(self, until: int) -> int | None:
        """Return the next second until then at which something falls due by business time."""
        with self._store.transaction(write=False):
            due = self._store.next_due(None, until)
        return due[2] if due else None

    def _run(self, clock: str | None, until: int) -> int:
        steps = 0
        while self._step(clock, until):
            steps += 1
        return steps

    def _step(self, clock: str | None, until: int) -> bool:
        """Take one turn in one transaction; False if nothing is due."""
        with self._store.transaction(write=False):
            due = self._store.next_due(clock, until)
            moving = self._moving_clock(due)
        if moving is not None:
            self._run(moving["id"], moving["status_details"]["advancing"]["target_frozen_time"])
        return due is not None and self._take(clock, until)

    def _moving_clock(self, due: tuple[str, str, int] | None) -> Json | None:
        found = self._store.get(CLOCK, due[1]) if due and due[0] == CLOCK else None
        return found if found and found.get("status") == "advancing" else None

    def _take(self, clock: str | None, until: int) -> bool:
        with self._store.transaction(write=True):
            due = self._store.next_due(clock, until)
            if due is None:
                return False
            kind, identifier, second = due
            work = self._begin(second, clock)
            body = work.get(kind, identifier)
            if kind == CLOCK:
                _turn_clock(work, body)
            else:
                turns.turn(work, kind, body)
            return True


def _turn_clock(work: Work, clock: Json) -> None:
    """End an advance whose way has been gone, or a clock whose days are over."""
    if clock["status"] == "advancing":
        test_clocks.arrive(work, clock)
    else:
        test_clocks.delete(work, {"id": clock["id"]})
