"""The operations of single subscription items; each is a change of the subscription that has the item."""

from paywall.sandbox.billing.changes import changing
from paywall.sandbox.billing.subscriptions import items
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.params import Declared, flag, integer, metadata, one_of, required, text
from paywall.sandbox.wire.routes import Operation

_BEHAVIOUR = one_of("allow_incomplete", "default_incomplete", "error_if_incomplete", "pending_if_incomplete")
HOW: Declared = {
    "off_session": flag,
    "payment_behavior": _BEHAVIOUR,
    "proration_behavior": one_of("always_invoice", "create_prorations", "none"),
    "proration_date": integer(0),
}
ITEM: Declared = {"price": required(text()), "quantity": integer(0, 999_999), "metadata": metadata}


def add_item(work: Work, params: Json) -> Json:
    """Add an item to a subscription."""
    subscription = work.get("subscription", params["subscription"], "subscription")
    known = {item["id"] for item in subscription["items"]["data"]}
    row = {name: params[name] for name in ("price", "quantity", "metadata") if name in params}
    changed = changing.update(work, {"id": subscription["id"], **_how(params), "items": [row]})
    return next(item for item in changed["items"]["data"] if item["id"] not in known)


def change_item(work: Work, params: Json) -> Json:
    """Change one item of a subscription."""
    subscription, _ = items.holder_of(work, params["id"])
    row = {name: params[name] for name in ("id", "price", "quantity", "metadata") if name in params}
    changing.update(work, {"id": subscription["id"], **_how(params), "items": [row]})
    return items.holder_of(work, params["id"])[1]


def delete_item(work: Work, params: Json) -> Json:
    """Take one item from a subscription."""
    subscription, item = items.holder_of(work, params["id"])
    row = {"id": item["id"], "deleted": True}
    changing.update(work, {"id": subscription["id"], **_how(params), "items": [row]})
    return {"id": item["id"], "object": "subscription_item", "deleted": True}


def _how(params: Json) -> Json:
    return {name: params[name] for name in HOW if name in params}


OPERATIONS = (
    Operation(
        "GET",
        "/v1/subscription_items",
        items.of_subscription,
        {"subscription": required(text()), "limit": integer(1, 100)},
    ),
    Operation("GET", "/v1/subscription_items/<id>", items.retrieve),
    Operation("POST", "/v1/subscription_items", add_item, {**ITEM, **HOW, "subscription": required(text())}),
    Operation("POST", "/v1/subscription_items/<id>", change_item, {**ITEM, **HOW, "price": text()}),
    Operation("DELETE", "/v1/subscription_items/<id>", delete_item, HOW),
)
