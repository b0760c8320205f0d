"""The billing portal: its sessions, and what a customer does on its page."""

from typing import Any

from paywall.sandbox.billing.changes import changing
from paywall.sandbox.billing.cycle.timers import ENDED
from paywall.sandbox.billing.subscriptions import ending
from paywall.sandbox.hosted.card_form import read_form
from paywall.sandbox.hosted.configurations import chosen
from paywall.sandbox.payments import payment_methods
from paywall.sandbox.payments.cards import TypedCard
from paywall.sandbox.state.errors import refused
from paywall.sandbox.state.ids import new_id
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.params import (
    Declared,
    one_of,
    required,
    shape_of,
    text,
    web_address,
)
from paywall.sandbox.wire.routes import Operation

SESSION_SECONDS = 3600

_FLOW: Declared = {
    "type": required(one_of("payment_method_update", "subscription_cancel")),
    "subscription_cancel": shape_of({"subscription": required(text())}),
}
_SESSION: Declared = {
    "configuration": text(),
    "customer": required(text()),
    "flow_data": shape_of(_FLOW),
    "locale": text(10),
    "return_url": web_address,
}


def create_session(work: Work, params: Json) -> Json:
    """Open the portal for a customer and say at which address."""
    customer = work.get("customer", params["customer"], "customer")
    configuration = chosen(work, params.pop("configuration", None))
    flow = _flow(work, customer, params.pop("flow_data", None))
    identifier = new_id("billing_portal.session")
    known: dict[str, Any] = {"return_url": configuration["default_return_url"], **params}
    return work.add(
        "billing_portal.session",
        identifier=identifier,
        configuration=configuration["id"],
        flow=flow,
        url=f"{work.base_url}/portal/{identifier}",
        **known,
    )


def _flow(work: Work, customer: Json, data: Json | None) -> Json | None:
    if data is None:
        return None
    cancelled = data.get("subscription_cancel")
    if cancelled:
        subscription = ending.living(work, cancelled["subscription"])
        if subscription["customer"] != customer["id"]:
            raise refused("The subscription does not belong to the customer.", "flow_data[subscription_cancel]")
    return {
        "after_completion": {"hosted_confirmation": None, "redirect": None, "type": "portal_homepage"},
        "subscription_cancel": cancelled and {"retention": None, "subscription": cancelled["subscription"]},
        "subscription_update": None,
        "subscription_update_confirm": None,
        "type": data["type"],
    }


def subscriptions_of(work: Work, customer: str) -> list[Json]:
    """Return the customer's subscriptions that are shown: those that have not ended."""
    found = work.store.select("subscription", "customer = ?", [customer])
    return [one for one in found if one["status"] not in ENDED]


def cancel(work: Work, subscription: Json, configuration: Json) -> None:
    """Cancel as the configuration says; at period end, flexible billing sets `cancel_at` and leaves the flag alone."""
    if configuration["features"]["subscription_cancel"]["mode"] == "immediately":
        ending.end(work, subscription, reason="cancellation_requested")
        return
    changing.update(work, {"id": subscription["id"], "cancel_at": "max_period_end"})


def resume(work: Work, subscription: Json) -> None:
    """Take a cancellation back."""
    changes: Json = {"cancel_at_period_end": False} if subscription["cancel_at_period_end"] else {"cancel_at": None}
    changing.update(work, {"id": subscription["id"], **changes})


def update_card(work: Work, customer_id: str, form: dict[str, str]) -> dict[str, str]:
    """Make the typed card the one that is charged from now on; returns the errors beside the fields, if any."""
    typed = read_form(form, work.now)
    if not isinstance(typed, TypedCard):
        return typed
    if not typed.test_card.attaches:
        return {"card_number": typed.test_card.message}
    method = payment_methods.from_card(work, typed, name=form["billing_name"], country=form["billing_country"])
    payment_methods.attach_to(work, method, customer_id)
    customer = work.get("customer", customer_id)
    settings = {**customer["invoice_settings"], "default_payment_method": method["id"]}
    work.change(customer, event="customer.updated", invoice_settings=settings)
    for subscription in subscriptions_of(work, customer_id):
        work.change(subscription, event="customer.subscription.updated", default_payment_method=method["id"])
    return {}


OPERATIONS = (Operation("POST", "/v1/billing_portal/sessions", create_session, _SESSION),)
