"""Webhook endpoints, the events they are sent, and the account: the operations an integration is set up with."""

from typing import Any

from paywall.sandbox.state.errors import invalid
from paywall.sandbox.state.events import RETENTION_SECONDS, delivered_condition, type_condition, with_pending
from paywall.sandbox.state.ids import new_secret
from paywall.sandbox.state.shapes import Json, shape
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.paging import CREATED, PAGING, Filter, page
from paywall.sandbox.wire.params import Declared, flag, merged, metadata, required, rows_of, text, web_address
from paywall.sandbox.wire.routes import Operation, listing, retrieving

_MOST_ENDPOINTS = 16
_ENDPOINT: Declared = {
    "api_version": text(),
    "description": text(5000, unset=True),
    "enabled_events": required(rows_of(text(), 500)),
    "metadata": metadata,
    "url": required(web_address),
}


def create_endpoint(work: Work, params: Json) -> Json:
    """Register an address for webhooks; only this answer tells the signing secret."""
    if len(work.store.select("webhook_endpoint")) >= _MOST_ENDPOINTS:
        raise invalid(f"You have reached the maximum of {_MOST_ENDPOINTS} test webhook endpoints.")
    if not params["enabled_events"]:
        raise invalid("You must pass at least one event.", "enabled_events")
    secret = new_secret("whsec")
    params["metadata"] = merged({}, params.get("metadata", {}))
    endpoint = work.add("webhook_endpoint", private={"secret": secret}, **params)
    return {**endpoint, "secret": secret}


def update_endpoint(work: Work, params: Json) -> Json:
    """Change an endpoint, or switch it off."""
    endpoint = work.get("webhook_endpoint", params.pop("id"))
    if "metadata" in params:
        params["metadata"] = merged(endpoint["metadata"], params["metadata"])
    if "disabled" in params:
        params["status"] = "disabled" if params.pop("disabled") else "enabled"
    return work.change(endpoint, **params)


def delete_endpoint(work: Work, params: Json) -> Json:
    """Remove an endpoint; what waited for it is dropped."""
    endpoint = work.get("webhook_endpoint", params["id"])
    work.store.execute("DELETE FROM deliveries WHERE endpoint = ?", (endpoint["id"],))
    work.store.execute("DELETE FROM objects WHERE id = ?", (endpoint["id"],))
    return {"id": endpoint["id"], "object": "webhook_endpoint", "deleted": True}


def _types(words: list[Any]) -> tuple[str, list[Any]]:
    return type_condition(words)


_EVENT_FILTERS = {
    "created": CREATED,
    "delivery_success": Filter(flag, lambda success: (delivered_condition(success=success), [])),
    "type": Filter(text(), lambda word: type_condition([word])),
    "types": Filter(rows_of(text(), 20), _types),
}


def list_events(work: Work, params: Json) -> Json:
    """List the events of the last 30 days, newest first."""
    if "type" in params and "types" in params:
        raise invalid("You may only specify one of these parameters: type, types.", "types")
    conditions = [each.condition(params[name]) for name, each in _EVENT_FILTERS.items() if name in params]
    young = ("created > ?", [work.now - RETENTION_SECONDS])
    return page(work, "event", "/v1/events", params, [*conditions, young], render=_render)


def _render(work: Work, event: Json) -> Json:
    return with_pending(work.store, event)


def account(_work: Work, _params: Json) -> Json:
    """Return the one account there is."""
    return shape("account", created=1_700_000_000)


_PLACE = "/v1/webhook_endpoints/<id>"

OPERATIONS = (
    Operation("POST", "/v1/webhook_endpoints", create_endpoint, _ENDPOINT),
    retrieving(_PLACE, "webhook_endpoint"),
    listing("/v1/webhook_endpoints", "webhook_endpoint"),
    Operation(
        "POST",
        _PLACE,
        update_endpoint,
        {
            "description": _ENDPOINT["description"],
            "disabled": flag,
            "enabled_events": rows_of(text(), 500),
            "metadata": metadata,
            "url": web_address,
        },
    ),
    Operation("DELETE", _PLACE, delete_endpoint),
    retrieving("/v1/events/<id>", "event", _render),
    Operation(
        "GET", "/v1/events", list_events, {**PAGING, **{name: each.check for name, each in _EVENT_FILTERS.items()}}
    ),
    Operation("GET", "/v1/account", account),
)
