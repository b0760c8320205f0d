"""Customers: who pays. Deleting one ends its subscriptions at once, as at Stripe."""

from paywall.sandbox.billing.cycle.timers import ENDED
from paywall.sandbox.billing.subscriptions import ending
from paywall.sandbox.payments import payment_methods
from paywall.sandbox.payments.direct import methods
from paywall.sandbox.state.ids import token
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import CLOCK, Work
from paywall.sandbox.wire.paging import equals
from paywall.sandbox.wire.params import Declared, email, merged, metadata, one_of, rows_of, shape_of, text
from paywall.sandbox.wire.routes import Operation, listing

_ADDRESS: Declared = {name: text(unset=True) for name in ("city", "country", "line1", "line2", "postal_code", "state")}
_CUSTOMER: Declared = {
    "address": shape_of(_ADDRESS, unset=True),
    "description": text(unset=True),
    "email": email,
    "invoice_settings": shape_of({"default_payment_method": text(unset=True), "footer": text(unset=True)}),
    "metadata": metadata,
    "name": text(256, unset=True),
    "phone": text(20, unset=True),
    "preferred_locales": rows_of(text()),
    "tax_exempt": one_of("exempt", "none", "reverse"),
}
_CREATE: Declared = {**_CUSTOMER, "payment_method": text(), "source": text(), "test_clock": text()}


def create(work: Work, params: Json) -> Json:
    """Make a customer, whose life goes by a test clock if one is named."""
    if "test_clock" in params:
        work.get(CLOCK, params["test_clock"], "test_clock")
    method = _first_method(work, params)
    _complete(work, params, {"address": None, "invoice_settings": {}, "metadata": {}})
    customer = work.add("customer", event="customer.created", invoice_prefix=token(8).upper(), **params)
    if method:
        payment_methods.attach_to(work, method, customer["id"])
    return customer


def _first_method(work: Work, params: Json) -> Json | None:
    """Return the method that a customer begins with; a token's card becomes one, too (Stripe keeps it as a source)."""
    chosen = params.pop("payment_method", None)
    if "source" in params:
        method = methods.by_token(work, params.pop("source"), "source")
    elif chosen is not None:
        method = payment_methods.find(work, chosen)
    else:
        return None
    settings = params.get("invoice_settings", {})
    if settings.get("default_payment_method") == chosen:
        params["invoice_settings"] = {**settings, "default_payment_method": method["id"]}
    return method


def update(work: Work, params: Json) -> Json:
    """Change a customer."""
    customer = work.get("customer", params.pop("id"))
    _complete(work, params, customer)
    return work.change(customer, event="customer.updated", **params)


def _complete(work: Work, params: Json, old: Json) -> None:
    if "metadata" in params:
        params["metadata"] = merged(old["metadata"], params["metadata"])
    if params.get("address") is not None:
        params["address"] = {**dict.fromkeys(_ADDRESS), **(old["address"] or {}), **params["address"]}
    if "invoice_settings" in params:
        if chosen := params["invoice_settings"].get("default_payment_method"):
            work.get("payment_method", chosen, "invoice_settings[default_payment_method]")
        blank = {"custom_fields": None, "default_payment_method": None, "footer": None, "rendering_options": None}
        params["invoice_settings"] = {**blank, **old["invoice_settings"], **params["invoice_settings"]}


def retrieve(work: Work, params: Json) -> Json:
    """Return a customer; a deleted one is answered as Stripe's stub."""
    return work.store.get("customer", params["id"]) or work.get("customer", params["id"])


def delete(work: Work, params: Json) -> Json:
    """Delete a customer for good and cancel its subscriptions at once."""
    customer = work.get("customer", params["id"])
    for subscription in work.store.select("subscription", "customer = ?", [customer["id"]]):
        if subscription["status"] not in ENDED:
            ending.end(work, subscription, reason="cancellation_requested")
    work.emit("customer.deleted", customer)
    work.store.delete(customer)
    return {"id": customer["id"], "object": "customer", "deleted": True}


OPERATIONS = (
    Operation("POST", "/v1/customers", create, _CREATE),
    Operation("GET", "/v1/customers/<id>", retrieve),
    Operation("POST", "/v1/customers/<id>", update, _CUSTOMER),
    Operation("DELETE", "/v1/customers/<id>", delete),
    listing("/v1/customers", "customer", {"email": equals("$.email")}),
)
