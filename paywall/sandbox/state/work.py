"""One piece of work inside the sandbox: an open transaction, one second of time, and the events it causes.

A call of the API, a form posted on a hosted page and a transition that fell due are all one `Work`. Everything it makes
carries the same `created` second, as at Stripe.

Work lives by business time until it meets an object that lives by a test clock; from then on it lives by that clock.
Events alone keep business time: they are listed, kept and sent by it, whatever a test clock shows.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from paywall.sandbox.state.errors import no_such
from paywall.sandbox.state.events import Cause, record_event
from paywall.sandbox.state.ids import new_id
from paywall.sandbox.state.shapes import Json, shape
from paywall.sandbox.state.store import Store

CLOCK = "test_helpers.test_clock"


@dataclass
class Work:
    """What a handler needs: the store inside a transaction, `now` in seconds, and where pages are reached.

    `recorded_at` is business time in seconds (None: `now` is that). With `is_turn` this work is something that fell due
    at `now`, which no clock moves.
    """

    store: Store
    now: int
    base_url: str
    cause: Cause = field(default_factory=Cause)
    on_event: Callable[[], None] = lambda: None
    recorded_at: int | None = None
    is_turn: bool = False
    test_clock: str | None = None

    def __post_init__(self) -> None:
        """Remember business time before a test clock moves `now`."""
        self.recorded_at = self.now if self.recorded_at is None else self.recorded_at

    def live_by(self, clock: str | None) -> None:
        """Live by this test clock from now on, unless it is none or another one was met before."""
        if clock is None or self.test_clock is not None:
            return
        self.test_clock = clock
        found = self.store.get(CLOCK, clock) or {}
        if not self.is_turn:
            self.now = found.get("frozen_time", self.now)

    def get(self, kind: str, identifier: object, param: str = "id") -> Json:
        """Return a living object; raises Stripe's resource_missing if there is none."""
        found = self.store.get(kind, identifier)
        if found is None or found.get("deleted"):
            raise no_such(kind, identifier, param)
        self.live_by(self.store.clock_of(identifier))
        return found

    def add(
        self,
        kind: str,
        *,
        event: str | None = None,
        private: Json | None = None,
        due_at: int | None = None,
        identifier: str | None = None,
        **fields: Any,  # noqa: ANN401 - wire values are any JSON
    ) -> Json:
        """Make and store an object, and record the event that says so."""
        self.live_by(fields.get("test_clock") or self.store.clock_of(fields.get("customer")))
        body = shape(kind, id=identifier or new_id(kind), created=self.now, **fields)
        if "test_clock" in body:
            body["test_clock"] = self.test_clock
        self.store.insert(body, private, due_at, self.test_clock)
        if event:
            self.emit(event, body)
        return body

    def change(self, body: Json, *, event: str | None = None, **fields: Any) -> Json:  # noqa: ANN401
        """Set fields of an object and store it; the event (none if nothing changed) tells their previous values."""
        previous = {name: body.get(name) for name, value in fields.items() if body.get(name) != value}
        body.update(fields)
        self.store.replace(body)
        if event and previous:
            self.emit(event, body, previous)
        return body

    def emit(self, kind: str, body: Json, previous: Json | None = None) -> None:
        """Record an event about the object as it is now, and queue it for every endpoint that listens."""
        record_event(self.store, self.recorded_at or self.now, self.cause, kind=kind, body=body, previous=previous)
        self.on_event()
