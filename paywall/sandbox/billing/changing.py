"""Changing a subscription: when it ends, what it is for, what pays it; and the operations of the resource."""

from typing import Any

from paywall.sandbox.billing import collecting, subscriptions
from paywall.sandbox.state.errors import invalid, no_such, refused
from paywall.sandbox.state.shapes import Json, list_of
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.paging import Condition, Filter, equals
from paywall.sandbox.wire.params import (
    Check,
    Declared,
    flag,
    integer,
    merged,
    metadata,
    one_of,
    required,
    rows_of,
    shape_of,
    text,
)
from paywall.sandbox.wire.routes import Operation, listing, retrieving

STATUSES = ("active", "canceled", "incomplete", "incomplete_expired", "past_due", "paused", "trialing", "unpaid")
FEEDBACK = (
    "customer_service",
    "low_quality",
    "missing_features",
    "other",
    "switched_service",
    "too_complex",
    "too_expensive",
    "unused",
)
_AFTER_THE_END = {"cancellation_details", "metadata"}
_NOT_CANCELLED: Json = {"comment": None, "feedback": None, "feedback_option": None, "reason": None}


def update(work: Work, params: Json) -> Json:
    """Change a subscription; of an ended one only the metadata and the cancellation's details."""
    subscription = work.get("subscription", params.pop("id"))
    if subscription["status"] in subscriptions.ENDED and set(params) - _AFTER_THE_END:
        raise refused("A canceled subscription can only update its cancellation_details and metadata.")
    changes = {
        **_cancellation(subscription, params, work.now),
        **_content(work, subscription, params),
    }
    for name in ("default_payment_method", "description"):
        if name in params:
            changes[name] = params[name]
    if changes.get("default_payment_method"):
        work.get("payment_method", changes["default_payment_method"], "default_payment_method")
    work.change(subscription, event="customer.subscription.updated", **changes)
    if subscription["status"] in {"active", "past_due"}:
        work.store.set_due(subscription["id"], collecting.next_turn(subscription))
    return subscription


def _cancellation(subscription: Json, params: Json, now: int) -> Json:
    details = {**subscription["cancellation_details"], **params.get("cancellation_details", {})}
    if params.get("cancel_at_period_end") and params.get("cancel_at"):
        raise invalid("You can only specify one of these parameters: cancel_at, cancel_at_period_end.", "cancel_at")
    if "cancel_at_period_end" in params and params["cancel_at_period_end"] != subscription["cancel_at_period_end"]:
        at_end = params["cancel_at_period_end"]
        return _ending(subscription, _period_ends(subscription)[-1] if at_end else None, details, now, at_end=at_end)
    if "cancel_at" in params:
        return _ending(subscription, _moment(subscription, params["cancel_at"], now), details, now)
    return {"cancellation_details": details} if "cancellation_details" in params else {}


def _ending(subscription: Json, at: int | None, details: Json, now: int, *, at_end: bool = False) -> Json:
    asked_at = subscription["canceled_at"] or now if at else None
    reason = {**details, "reason": "cancellation_requested"} if at else dict(_NOT_CANCELLED)
    return {"cancel_at": at, "cancel_at_period_end": at_end, "canceled_at": asked_at, "cancellation_details": reason}


def _moment(subscription: Json, wanted: int | str | None, now: int) -> int | None:
    ends = _period_ends(subscription)
    words: dict[int | str, int] = {"min_period_end": ends[0], "max_period_end": ends[-1]}
    at = None if wanted is None else words.get(wanted) or int(wanted)
    if at is not None and at <= now:
        raise refused("The subscription `cancel_at` must be a timestamp in the future.", "cancel_at")
    return at


def _period_ends(subscription: Json) -> list[int]:
    return sorted(item["current_period_end"] for item in subscription["items"]["data"])


def _content(work: Work, subscription: Json, params: Json) -> Json:
    changes: Json = {}
    if "metadata" in params:
        changes["metadata"] = merged(subscription["metadata"], params["metadata"])
    if "items" in params:
        if params.get("proration_behavior") != "none":
            raise refused("The sandbox does not prorate yet: pass proration_behavior=none.", "proration_behavior")
        items = [dict(item) for item in subscription["items"]["data"]]
        for place, row in enumerate(params["items"]):
            _change_item(work, items, row, f"items[{place}]")
        changes["items"] = {**subscription["items"], "data": items}
    return changes


def _change_item(work: Work, items: list[Json], row: Json, name: str) -> None:
    item = next((item for item in items if item["id"] == row["id"]), None)
    if item is None:
        raise no_such("subscription_item", row["id"], f"{name}[id]")
    if "price" in row:
        price = work.get("price", row["price"], f"{name}[price]")
        _check_exchange(item["price"], price, f"{name}[price]")
        item["price"] = price
    if "metadata" in row:
        item["metadata"] = merged(item["metadata"], row["metadata"])
    item["quantity"] = row.get("quantity", item["quantity"])


def _check_exchange(old: Json, new: Json, name: str) -> None:
    same = old["currency"] == new["currency"] and new["recurring"] is not None
    if not same or any(old["recurring"][key] != new["recurring"][key] for key in ("interval", "interval_count")):
        raise refused("The sandbox changes a subscription only to a price of the same currency and interval.", name)


def _status_condition(status: str) -> Condition:
    if status == "all":
        return "1", []
    if status == "ended":
        return "json_extract(body, '$.status') IN ('canceled', 'incomplete_expired')", []
    if status == "not_canceled":
        return "json_extract(body, '$.status') != 'canceled'", []
    return "json_extract(body, '$.status') = ?", [status]


_FILTERS = {
    "customer": equals("customer"),
    "price": Filter(text(), lambda price: ("instr(json_extract(body, '$.items'), ?)", [f'"{price}"'])),
    "status": Filter(one_of("all", "ended", *STATUSES), _status_condition),
    "collection_method": equals("$.collection_method", one_of("charge_automatically", "send_invoice")),
}
_LIST = listing("/v1/subscriptions", "subscription", _FILTERS)


def search(work: Work, params: Json) -> Json:
    """List subscriptions; without a status those that were cancelled are left out."""
    return _LIST.handler(work, {"status": "not_canceled", **params})


def items_of(work: Work, params: Json) -> Json:
    """List the items of one subscription."""
    subscription = work.get("subscription", params["subscription"], "subscription")
    return list_of(subscription["items"]["data"], "/v1/subscription_items")


def _moment_or_word(name: str, raw: object) -> Any:  # noqa: ANN401 - a time, a word, or None
    return raw if raw in {"min_period_end", "max_period_end"} else integer(0, unset=True)(name, raw)


_ITEM: Declared = {"price": required(text()), "quantity": integer(0, 999_999), "metadata": metadata}
_DETAILS: Check = shape_of({"comment": text(unset=True), "feedback": one_of(*FEEDBACK, unset=True)})
_CREATE: Declared = {
    "customer": required(text()),
    "items": required(rows_of(shape_of(_ITEM), 20)),
    "default_payment_method": text(),
    "description": text(500, unset=True),
    "metadata": metadata,
    "off_session": flag,
    "payment_behavior": one_of("allow_incomplete", "default_incomplete", "error_if_incomplete"),
}
_UPDATE: Declared = {
    "cancel_at": _moment_or_word,
    "cancel_at_period_end": flag,
    "cancellation_details": _DETAILS,
    "default_payment_method": text(unset=True),
    "description": text(500, unset=True),
    "items": rows_of(shape_of({**_ITEM, "price": text(), "id": required(text())}), 20),
    "metadata": metadata,
    "proration_behavior": one_of("always_invoice", "create_prorations", "none"),
}

OPERATIONS = (
    Operation("POST", "/v1/subscriptions", subscriptions.create, _CREATE),
    retrieving("/v1/subscriptions/<id>", "subscription"),
    Operation("GET", "/v1/subscriptions", search, _LIST.params),
    Operation("POST", "/v1/subscriptions/<id>", update, _UPDATE),
    Operation(
        "DELETE",
        "/v1/subscriptions/<id>",
        subscriptions.cancel,
        {"cancellation_details": _DETAILS, "invoice_now": flag, "prorate": flag},
    ),
    Operation("GET", "/v1/subscription_items", items_of, {"subscription": required(text()), "limit": integer(1, 100)}),
)
