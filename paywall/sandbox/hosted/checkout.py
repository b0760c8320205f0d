"""Checkout sessions: made by the shop, paid on the hosted page, expired after a day."""

from typing import Any

from paywall.sandbox.billing.cycle import trials
from paywall.sandbox.billing.discounts import applying
from paywall.sandbox.hosted import selling
from paywall.sandbox.state.errors import invalid, refused
from paywall.sandbox.state.ids import new_id
from paywall.sandbox.state.shapes import Json, list_of, shape
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.paging import equals
from paywall.sandbox.wire.params import (
    Declared,
    currency,
    email,
    flag,
    integer,
    merged,
    metadata,
    one_of,
    required,
    rows_of,
    shape_of,
    text,
    web_address,
)
from paywall.sandbox.wire.routes import Operation, listing, retrieving

EXPIRES_SECONDS = 86_400
_SOONEST_SECONDS = 1800
_METHODS = {"eur": ["card", "sepa_debit"]}
_ENABLED: Declared = {"enabled": required(flag)}

_LINE: Declared = {"price": required(text()), "quantity": integer(1, 999_999), "metadata": metadata}
_SUBSCRIPTION: Declared = {
    **trials.PARAMS,
    "default_tax_rates": rows_of(text(), 10),
    "description": text(500),
    "metadata": metadata,
}
_CREATE: Declared = {
    "allow_promotion_codes": flag,
    "automatic_tax": shape_of(_ENABLED),
    "billing_address_collection": one_of("auto", "required"),
    "cancel_url": web_address,
    "client_reference_id": text(200),
    "currency": currency,
    "customer": text(),
    "customer_email": email,
    "customer_update": shape_of({name: one_of("auto", "never") for name in ("address", "name", "shipping")}),
    "discounts": applying.ROWS_OF_ONE,
    "expires_at": integer(0),
    "line_items": required(rows_of(shape_of(_LINE), 20)),
    "locale": text(10),
    "metadata": metadata,
    "mode": required(one_of("payment", "setup", "subscription")),
    "payment_method_collection": one_of("always", "if_required"),
    "phone_number_collection": shape_of(_ENABLED),
    "submit_type": one_of("auto", "book", "donate", "pay", "subscribe"),
    "subscription_data": shape_of(_SUBSCRIPTION),
    "success_url": required(web_address),
    "tax_id_collection": shape_of(_ENABLED),
    "ui_mode": one_of("elements", "embedded_page", "form", "hosted_page"),
}


def create(work: Work, params: Json) -> Json:
    """Open a session for a subscription and say at which address it is paid."""
    _check(work, params)
    identifier = new_id("checkout.session")
    payer = _payer(work, params)
    wanted = params.pop("subscription_data", {})
    selling.check_trial(work, wanted)
    lines = [selling.line(work, row, place) for place, row in enumerate(params.pop("line_items"))]
    selling.check_lines(params.pop("currency", None), lines)
    rows = params.pop("discounts", [])
    offers = applying.offered(work, rows, params.get("customer"), lines[0]["currency"])
    expires_at = params.pop("expires_at", work.now + EXPIRES_SECONDS)
    params.pop("customer_update", None)
    params["metadata"] = merged({}, params.get("metadata", {}))
    if "automatic_tax" in params:
        params["automatic_tax"] = shape("checkout.session")["automatic_tax"]
    return work.add(
        "checkout.session",
        identifier=identifier,
        due_at=expires_at,
        **selling.priced(work, lines, wanted, offers),
        private={"line_items": lines, "subscription_data": wanted, "discounts": rows},
        currency=lines[0]["currency"],
        discounts=selling.shown_discounts(offers),
        expires_at=expires_at,
        payment_method_types=_METHODS.get(lines[0]["currency"], ["card"]),
        url=f"{work.base_url}/checkout/{identifier}",
        **payer,
        **params,
    )


def _check(work: Work, params: Json) -> None:
    if params["mode"] != "subscription" or params.get("ui_mode", "hosted_page") != "hosted_page":
        raise refused("The sandbox serves checkout only with mode=subscription on the hosted page.", "mode")
    if params.get("automatic_tax", {}).get("enabled"):
        raise refused("The sandbox does not calculate taxes.", "automatic_tax[enabled]")
    if "customer_update" in params and "customer" not in params:
        raise invalid("`customer_update` can only be used with `customer`.", "customer_update")
    if "allow_promotion_codes" in params and "discounts" in params:
        raise invalid(
            "You may only specify one of these parameters: allow_promotion_codes, discounts.", "allow_promotion_codes"
        )
    if "customer" in params and "customer_email" in params:
        raise invalid("You may only specify one of these parameters: customer, customer_email.", "customer")
    _check_tax_ids(params)
    soonest, latest = work.now + _SOONEST_SECONDS, work.now + EXPIRES_SECONDS
    if not soonest <= params.get("expires_at", latest) <= latest:
        raise refused("The `expires_at` timestamp must be between 30 minutes and 24 hours from now.", "expires_at")


def _check_tax_ids(params: Json) -> None:
    collected = params.get("tax_id_collection", {}).get("enabled") and "customer" in params
    if collected and params.get("customer_update", {}).get("name") != "auto":
        raise invalid(
            "Tax ID collection requires updating business name on the customer. To enable tax ID collection for an "
            "existing customer, please set `customer_update[name]` to `auto`.",
            "tax_id_collection",
        )
    if "tax_id_collection" in params:
        params["tax_id_collection"] = {**params["tax_id_collection"], "required": "never"}


def _payer(work: Work, params: Json) -> dict[str, Any]:
    if "customer" not in params:
        return {"customer_details": blank_details(params["customer_email"]) if params.get("customer_email") else None}
    customer = work.get("customer", params["customer"], "customer")
    return {"customer_details": blank_details(customer["email"])}


def blank_details(address: str | None) -> Json:
    """Return what is known of a payer before the page was filled in: the address, if any."""
    return {
        "address": None,
        "business_name": None,
        "email": address,
        "individual_name": None,
        "name": None,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": None,
    }


def line_items(work: Work, params: Json) -> Json:
    """Return what a session sells."""
    session = work.get("checkout.session", params["id"])
    lines = work.store.private(session["id"])["line_items"]
    return list_of(lines, f"/v1/checkout/sessions/{session['id']}/line_items")


def expire(work: Work, params: Json) -> Json:
    """Close an open session unpaid."""
    session = work.get("checkout.session", params["id"])
    if session["status"] != "open":
        raise refused(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of '
            f"{session['status']}."
        )
    work.store.set_due(session["id"], None)
    return work.change(session, event="checkout.session.expired", status="expired", url=None)


_STATUS = one_of("complete", "expired", "open")
_FILTERS = {
    "customer": equals("customer"),
    "subscription": equals("subscription"),
    "status": equals("$.status", _STATUS),
}

OPERATIONS = (
    Operation("POST", "/v1/checkout/sessions", create, _CREATE),
    retrieving("/v1/checkout/sessions/<id>", "checkout.session"),
    listing("/v1/checkout/sessions", "checkout.session", _FILTERS),
    Operation("GET", "/v1/checkout/sessions/<id>/line_items", line_items, {"limit": integer(1, 100)}),
    Operation("POST", "/v1/checkout/sessions/<id>/expire", expire),
)
