"""Faults for tests: answers of the API that are late, lost, broken or held, on the routes named."""

import threading
from dataclasses import dataclass
from typing import Literal


@dataclass
class Fault:
    """What goes wrong on one route: a method and a path as in the table, or `*` for every route.

    `status` answers that status and `body` those bytes, before any work is done. `delay` waits so many seconds before;
    `gate` waits until the event is set, before or after the work. `drop_after_commit` does the work and loses the
    answer; `drop_before` loses the request. Both raise ConnectionDropped out of the WSGI call.
    """

    route: str
    status: int | None = None
    body: bytes | None = None
    delay: float = 0
    gate: threading.Event | None = None
    gate_at: Literal["before", "after"] = "before"
    drop_before: bool = False
    drop_after_commit: bool = False
    times: int | None = 1


class Faults:
    """The faults that wait for their route; safe between threads."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []

    def add(self, route: str, **what: object) -> Fault:
        """Let the next `times` calls (None: all) of the route go wrong; see `Fault` for how."""
        fault = Fault(route, **what)  # type: ignore[arg-type]
        with self._lock:
            self._waiting.append(fault)
        return fault

    def clear(self) -> None:
        """Let everything go right again."""
        with self._lock:
            self._waiting.clear()

    def take(self, route: str) -> Fault | None:
        """Return the fault for this call, if one waits, and count it."""
        with self._lock:
            fault = next((fault for fault in self._waiting if fault.route in {route, "*"}), None)
            if fault is not None and fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self._waiting.remove(fault)
            return fault
