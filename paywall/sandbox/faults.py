"""Faults: answers of the API that are late, lost, broken or held, and webhooks that go astray, on the routes named."""

import threading
import time
from dataclasses import dataclass, field
from typing import Literal

from paywall.sandbox.state.errors import ConnectionDropped

HANG_SECONDS = 120
"""Longer than any client waits."""


@dataclass
class Fault:
    """What goes wrong on one route: a method and a path as in the table, `webhook TYPE`, or `*` for every route.

    Of a call: `status` answers that status and `body` those bytes, before any work is done. `delay` waits so many
    seconds before; `hang` never answers, until the client gives up or the faults are cleared; `gate` waits until the
    event is set, before or after the work. `truncate` does the work and sends only so many bytes of the answer;
    `drop_after_commit` does it and loses the answer; `drop_before` loses the request. What is lost raises
    ConnectionDropped out of the WSGI call.

    Of a webhook: `dup` sends it twice, `reorder` behind those that wait with it, `delay` so many seconds of business
    time later; `drop_before` loses it, so that it is tried again.
    """

    route: str
    status: int | None = None
    body: bytes | None = None
    delay: float = 0
    hang: bool = False
    gate: threading.Event | None = None
    gate_at: Literal["before", "after"] = "before"
    truncate: int | None = None
    drop_before: bool = False
    drop_after_commit: bool = False
    dup: bool = False
    reorder: bool = False
    times: int | None = 1
    let_go: threading.Event = field(default_factory=threading.Event, repr=False)

    def before_work(self) -> None:
        """Hold or lose the request, as far as it is to be."""
        if self.delay:
            time.sleep(self.delay)
        if self.hang:
            self.let_go.wait(HANG_SECONDS)
        if self.hang or self.drop_before:
            raise ConnectionDropped

    def hold(self, moment: Literal["before", "after"]) -> None:
        """Wait for the gate, if it stands at this moment."""
        if self.gate is not None and self.gate_at == moment:
            self.gate.wait()

    def release(self) -> None:
        """Let go what hangs or stands at the gate."""
        self.let_go.set()
        if self.gate is not None:
            self.gate.set()


class Faults:
    """The faults that wait for their route; safe between threads."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []
        self._held: list[Fault] = []

    def add(self, route: str, **what: object) -> Fault:
        """Let the next `times` calls (None: all) of the route go wrong; see `Fault` for how."""
        fault = Fault(route, **what)  # type: ignore[arg-type]
        with self._lock:
            self._waiting.append(fault)
        return fault

    def clear(self) -> None:
        """Let everything go right again, also what hangs or stands at a gate."""
        with self._lock:
            for fault in self._waiting + self._held:
                fault.release()
            self._waiting.clear()
            self._held.clear()

    def waiting(self) -> list[Fault]:
        """Return the faults that wait for a call."""
        with self._lock:
            return list(self._waiting)

    def take(self, *routes: str) -> Fault | None:
        """Return the fault for a call that is known by these routes, if one waits, and count it."""
        with self._lock:
            fault = next((fault for fault in self._waiting if fault.route in routes), None)
            if fault is not None:
                self._count(fault)
            return fault

    def _count(self, fault: Fault) -> None:
        if fault.hang or fault.gate is not None:
            self._held.append(fault)
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self._waiting.remove(fault)
