"""One piece of work inside the sandbox: an open transaction, one second of time, and the events it causes.

A call of the API, a form posted on a hosted page and a transition that fell due are all one `Work`. Everything it makes
carries the same `created` second, as at Stripe.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from paywall.sandbox.state.errors import no_such
from paywall.sandbox.state.events import Cause, record_event
from paywall.sandbox.state.ids import new_id
from paywall.sandbox.state.shapes import Json, shape
from paywall.sandbox.state.store import Store


@dataclass
class Work:
    """What a handler needs: the store inside a transaction, `now` in seconds, and where pages are reached."""

    store: Store
    now: int
    base_url: str
    cause: Cause = field(default_factory=Cause)
    on_event: Callable[[], None] = lambda: None

    def get(self, kind: str, identifier: object, param: str = "id") -> Json:
        """Return a living object; raises Stripe's resource_missing if there is none."""
        found = self.store.get(kind, identifier)
        if found is None or found.get("deleted"):
            raise no_such(kind, identifier, param)
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
        body = shape(kind, id=identifier or new_id(kind), created=self.now, **fields)
        self.store.insert(body, private, due_at)
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
        record_event(self.store, self.now, self.cause, kind=kind, body=body, previous=previous)
        self.on_event()
