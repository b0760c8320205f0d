"""The operations of subscriptions and of invoice previews: what each takes, and which verb does it."""

from typing import Any

from paywall.sandbox.billing.changes import changing, previewing
from paywall.sandbox.billing.cycle import renewing, trials
from paywall.sandbox.billing.discounts import applying
from paywall.sandbox.billing.subscriptions import creating, ending, item_operations
from paywall.sandbox.billing.subscriptions.item_operations import HOW, ITEM
from paywall.sandbox.state.errors import refused
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.paging import Condition, Filter, equals
from paywall.sandbox.wire.params import (
    Check,
    Declared,
    flag,
    integer,
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


def resume(work: Work, params: Json) -> Json:
    """Bring a paused subscription back."""
    subscription = work.get("subscription", params["id"])
    if subscription["status"] != "paused":
        raise refused("You can only resume a subscription whose status is `paused`.", code="subscription_not_paused")
    return renewing.resume(work, subscription, anchored_now=params.get("billing_cycle_anchor", "now") == "now")


def delete_discount(work: Work, params: Json) -> Json:
    """Take every discount from a subscription; the one that came first is answered."""
    subscription = work.get("subscription", params["id"])
    if not subscription["discounts"]:
        raise refused("This subscription has no discount.", code="resource_missing")
    first = work.get("discount", subscription["discounts"][0])
    changing.update(work, {"id": subscription["id"], "discounts": []})
    del first["end"]
    return {**first, "deleted": True}


def _moment_or_word(name: str, raw: object) -> Any:  # noqa: ANN401 - a time, a word, or None
    return raw if raw in {"min_period_end", "max_period_end"} else integer(0, unset=True)(name, raw)


_ROW: Declared = {**ITEM, "price": text(), "id": text(), "deleted": flag}
_DETAILS: Check = shape_of({"comment": text(unset=True), "feedback": one_of(*FEEDBACK, unset=True)})
_PAUSE: Check = shape_of(
    {
        "behavior": required(one_of("keep_as_draft", "mark_uncollectible", "void")),
        "resumes_at": integer(0),
    },
    unset=True,
)
_PAYMENT_SETTINGS: Check = shape_of({"save_default_payment_method": one_of("off", "on_subscription")})
_CREATE: Declared = {
    **trials.PARAMS,
    "cancel_at_period_end": flag,
    "collection_method": one_of("charge_automatically", "send_invoice"),
    "currency": text(3),
    "customer": required(text()),
    "days_until_due": integer(0),
    "default_payment_method": text(),
    "default_tax_rates": rows_of(text(), 10),
    "description": text(500, unset=True),
    "discounts": applying.ROWS,
    "items": required(rows_of(shape_of(ITEM), 20)),
    "metadata": metadata,
    "off_session": flag,
    "payment_behavior": HOW["payment_behavior"],
    "payment_settings": _PAYMENT_SETTINGS,
    "proration_behavior": HOW["proration_behavior"],
}
_UPDATE: Declared = {
    **HOW,
    "billing_cycle_anchor": one_of("now", "unchanged"),
    "cancel_at": _moment_or_word,
    "cancel_at_period_end": flag,
    "cancellation_details": _DETAILS,
    "collection_method": one_of("charge_automatically", "send_invoice"),
    "days_until_due": integer(0),
    "default_payment_method": text(unset=True),
    "default_tax_rates": rows_of(text(), 10),
    "description": text(500, unset=True),
    "discounts": applying.ROWS_OR_KEPT,
    "items": rows_of(shape_of(_ROW), 20),
    "metadata": metadata,
    "pause_collection": _PAUSE,
    "payment_settings": _PAYMENT_SETTINGS,
    "trial_end": trials.moment_or_now,
    "trial_settings": trials.SETTINGS,
}
_CANCEL: Declared = {"cancellation_details": _DETAILS, "invoice_now": flag, "prorate": flag}
_RESUME: Declared = {
    "billing_cycle_anchor": one_of("now", "unchanged"),
    "proration_behavior": HOW["proration_behavior"],
    "proration_date": integer(0),
}
_PREVIEWED: Declared = {
    **{name: _UPDATE[name] for name in ("billing_cycle_anchor", "cancel_at", "cancel_at_period_end")},
    **{name: _UPDATE[name] for name in ("default_tax_rates", "items", "metadata", "trial_end")},
    "proration_behavior": HOW["proration_behavior"],
    "proration_date": integer(0),
}
_PREVIEW: Declared = {
    "currency": text(3),
    "customer": text(),
    "discounts": applying.ROWS_OR_KEPT,
    "subscription": text(),
    "subscription_details": shape_of(_PREVIEWED),
}

OPERATIONS = (
    Operation("POST", "/v1/subscriptions", creating.create, _CREATE),
    retrieving("/v1/subscriptions/<id>", "subscription"),
    Operation("GET", "/v1/subscriptions", search, _LIST.params),
    Operation("POST", "/v1/subscriptions/<id>", changing.update, _UPDATE),
    Operation("POST", "/v1/subscriptions/<id>/resume", resume, _RESUME),
    Operation("DELETE", "/v1/subscriptions/<id>", ending.cancel, _CANCEL),
    Operation("DELETE", "/v1/subscriptions/<id>/discount", delete_discount),
    *item_operations.OPERATIONS,
    Operation("POST", "/v1/invoices/create_preview", previewing.create, _PREVIEW),
)
