"""Events: a snapshot of an object at the moment something happened to it, kept 30 days, queued for every endpoint."""

import json
from dataclasses import dataclass
from typing import Any

from paywall.sandbox.state.ids import new_id
from paywall.sandbox.state.shapes import API_VERSION, Json, shape
from paywall.sandbox.state.store import Store

RETENTION_SECONDS = 30 * 86_400
GIVE_UP_AFTER_SECONDS = 3 * 86_400


@dataclass(frozen=True)
class Cause:
    """The request that caused an event; both are None for what falls due by itself."""

    request_id: str | None = None
    idempotency_key: str | None = None


def record_event(  # noqa: PLR0913 - an event is exactly these facts
    store: Store, now: int, cause: Cause, *, kind: str, body: Json, previous: Json | None = None
) -> Json:
    """Store the event and one waiting delivery for each endpoint that listens to its type."""
    data: Json = {"object": body}
    if previous is not None:
        data["previous_attributes"] = previous
    event = shape(
        "event",
        id=new_id("event"),
        created=now,
        api_version=API_VERSION,
        data=data,
        type=kind,
        request={"id": cause.request_id, "idempotency_key": cause.idempotency_key},
    )
    store.insert(event)
    for endpoint in store.select("webhook_endpoint", tail="ORDER BY seq"):
        if _listens(endpoint, kind):
            store.execute(
                "INSERT INTO deliveries (event, endpoint, state, due_at, give_up_at) VALUES (?, ?, 'waiting', ?, ?)",
                (event["id"], endpoint["id"], now, now + GIVE_UP_AFTER_SECONDS),
            )
    return event


def _listens(endpoint: Json, kind: str) -> bool:
    return endpoint["status"] == "enabled" and bool({"*", kind} & set(endpoint["enabled_events"]))


def with_pending(store: Store, event: Json) -> Json:
    """Return the event with the number of endpoints that have not yet answered it with success."""
    counted = store.execute(
        "SELECT count(*) AS n FROM deliveries WHERE event = ? AND state != 'delivered'", (event["id"],)
    )
    return {**event, "pending_webhooks": counted[0]["n"]}


def delivered_condition(*, success: bool) -> str:
    """Return the SQL condition for events that every endpoint took (or that some endpoint has not taken)."""
    undelivered = "id IN (SELECT event FROM deliveries WHERE state != 'delivered')"
    return f"NOT {undelivered}" if success else undelivered


def type_condition(words: list[str]) -> tuple[str, list[Any]]:
    """Return the SQL condition for event types; a word may end in `*`."""
    patterns = [word.replace("_", r"\_").replace("*", "%") for word in words]
    return "(" + " OR ".join([r"json_extract(body, '$.type') LIKE ? ESCAPE '\'"] * len(patterns)) + ")", patterns


def wire(event: Json) -> bytes:
    """Return the exact bytes that are signed and sent."""
    return json.dumps(event, indent=2, ensure_ascii=False).encode()
