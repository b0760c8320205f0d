"""Coupons: how much is taken off, on which invoices, how often and until when they may be given."""

import re

from paywall.sandbox.billing.tax_rates import percentage
from paywall.sandbox.state.errors import invalid, refused
from paywall.sandbox.state.ids import token
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.params import (
    Declared,
    currency,
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


def create(work: Work, params: Json) -> Json:
    """Make a coupon; the caller may choose its id."""
    _check(work, params)
    identifier = params.pop("id", None) or token(8)
    if not re.fullmatch(r"[A-Za-z0-9_\-]+", identifier):
        raise invalid("Invalid coupon id: use letters, digits, hyphens and underscores.", "id")
    if work.store.get("coupon", identifier):
        raise refused("Coupon already exists.", "id", "resource_already_exists")
    params["metadata"] = merged({}, params.get("metadata", {}))
    return work.add("coupon", event="coupon.created", identifier=identifier, due_at=params.get("redeem_by"), **params)


def _check(work: Work, params: Json) -> None:
    if ("percent_off" in params) == ("amount_off" in params):
        raise invalid("You must pass exactly one of percent_off or amount_off.", "percent_off")
    if ("amount_off" in params) != ("currency" in params):
        raise invalid("You must pass currency when passing amount_off, and only then.", "currency")
    if not params.get("percent_off", 1):
        raise invalid("Invalid percent_off: must be greater than 0.", "percent_off")
    if (params.get("duration") == "repeating") != ("duration_in_months" in params):
        raise invalid("You must pass duration_in_months with duration=repeating, and only then.", "duration_in_months")
    if params.get("redeem_by", work.now + 1) <= work.now:
        raise invalid("Invalid redeem_by: must be in the future.", "redeem_by")


def update(work: Work, params: Json) -> Json:
    """Change a coupon's name or metadata; nothing else of it ever changes."""
    coupon = work.get("coupon", params.pop("id"))
    if "metadata" in params:
        params["metadata"] = merged(coupon["metadata"], params["metadata"])
    return work.change(coupon, event="coupon.updated", **params)


def delete(work: Work, params: Json) -> Json:
    """Delete a coupon: discounts already given stay, new ones cannot be given."""
    coupon = work.get("coupon", params["id"])
    work.emit("coupon.deleted", coupon)
    work.store.set_private(coupon["id"], {"coupon": {**coupon, "valid": False}})
    work.store.delete(coupon)
    return {"id": coupon["id"], "object": "coupon", "deleted": True}


def terms_of(work: Work, identifier: str, param: str = "id") -> Json:
    """Return a coupon as it was made, deleted since or not."""
    kept: Json | None = work.store.private(identifier).get("coupon")
    return kept or work.get("coupon", identifier, param)


def is_for(coupon: Json, product: str | None) -> bool:
    """Tell whether a coupon takes anything off this product."""
    products = (coupon.get("applies_to") or {}).get("products")
    return not products or product in products


def redeem(work: Work, identifier: str) -> None:
    """Count one redemption; after the last one the coupon is no longer valid. A deleted coupon counts no more."""
    coupon = work.store.get("coupon", identifier)
    if coupon is None or coupon.get("deleted"):
        return
    times = coupon["times_redeemed"] + 1
    last = coupon["max_redemptions"] is not None and times >= coupon["max_redemptions"]
    work.change(coupon, event="coupon.updated", times_redeemed=times, valid=coupon["valid"] and not last)


def expire(work: Work, coupon: Json) -> None:
    """Make a coupon invalid whose last day has come."""
    work.change(coupon, event="coupon.updated", valid=False)


_COUPON: Declared = {
    "amount_off": integer(1),
    "applies_to": shape_of({"products": required(rows_of(text()))}),
    "currency": currency,
    "duration": one_of("forever", "once", "repeating"),
    "duration_in_months": integer(1),
    "id": text(500),
    "max_redemptions": integer(1),
    "metadata": metadata,
    "name": text(40),
    "percent_off": percentage,
    "redeem_by": integer(0),
}

OPERATIONS = (
    Operation("POST", "/v1/coupons", create, _COUPON),
    retrieving("/v1/coupons/<id>", "coupon"),
    Operation("POST", "/v1/coupons/<id>", update, {"metadata": metadata, "name": text(40, unset=True)}),
    Operation("DELETE", "/v1/coupons/<id>", delete),
    listing("/v1/coupons", "coupon"),
)
