"""The billing portal: its configurations, its sessions, and what a customer does on its page."""

from typing import Any

from paywall.sandbox.billing import changing, subscriptions
from paywall.sandbox.hosted.paying import read_form
from paywall.sandbox.payments import payment_methods
from paywall.sandbox.payments.cards import TypedCard
from paywall.sandbox.state.errors import refused
from paywall.sandbox.state.ids import new_id
from paywall.sandbox.state.shapes import Json, shape
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.paging import equals
from paywall.sandbox.wire.params import (
    Check,
    Declared,
    flag,
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

SESSION_SECONDS = 3600

_PRORATION = one_of("always_invoice", "create_prorations", "none")
_REASONS: Declared = {"enabled": required(flag), "options": rows_of(one_of(*changing.FEEDBACK))}
_FEATURES: Declared = {
    "customer_update": shape_of(
        {
            "enabled": flag,
            "allowed_updates": rows_of(one_of("address", "email", "name", "phone", "shipping", "tax_id")),
        }
    ),
    "invoice_history": shape_of({"enabled": required(flag)}),
    "payment_method_update": shape_of({"enabled": required(flag)}),
    "subscription_cancel": shape_of(
        {
            "enabled": flag,
            "mode": one_of("at_period_end", "immediately"),
            "proration_behavior": _PRORATION,
            "cancellation_reason": shape_of(_REASONS),
        }
    ),
    "subscription_update": shape_of({"enabled": flag, "proration_behavior": _PRORATION}),
}
_PROFILE: Check = shape_of(
    {
        "headline": text(60, unset=True),
        "privacy_policy_url": web_address,
        "terms_of_service_url": web_address,
    }
)
_CONFIGURATION: Declared = {
    "business_profile": _PROFILE,
    "default_return_url": text(unset=True),
    "features": shape_of(_FEATURES),
    "metadata": metadata,
    "name": text(500, unset=True),
}
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


def create_configuration(work: Work, params: Json) -> Json:
    """Make a configuration; the first one is the default."""
    first = not work.store.select("billing_portal.configuration")
    blank = shape("billing_portal.configuration")
    changes = _configured(blank, params)
    return work.add("billing_portal.configuration", is_default=first, updated=work.now, **changes)


def update_configuration(work: Work, params: Json) -> Json:
    """Change a configuration."""
    configuration = work.get("billing_portal.configuration", params.pop("id"))
    if params.get("active") is False and configuration["is_default"]:
        raise refused("You cannot deactivate the default configuration.", "active")
    return work.change(configuration, updated=work.now, **_configured(configuration, params))


def _configured(old: Json, params: Json) -> Json:
    changes = dict(params)
    if "metadata" in params:
        changes["metadata"] = merged(old["metadata"], params["metadata"])
    for name in ("business_profile", "features"):
        if name in params:
            changes[name] = _deeply(old[name], params[name])
    return changes


def _deeply(old: Json, new: Json) -> Json:
    return {
        **old,
        **{
            name: _deeply(old[name], value) if isinstance(value, dict) and isinstance(old.get(name), dict) else value
            for name, value in new.items()
        },
    }


def create_session(work: Work, params: Json) -> Json:
    """Open the portal for a customer and say at which address."""
    customer = work.get("customer", params["customer"], "customer")
    configuration = _configuration(work, params.pop("configuration", None))
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


def _configuration(work: Work, chosen: str | None) -> Json:
    if chosen:
        return work.get("billing_portal.configuration", chosen, "configuration")
    default = work.store.select("billing_portal.configuration", "json_extract(body, '$.is_default') = 1")
    if not default:
        raise refused(
            "You can't create a portal session in test mode until you save your customer portal settings in test mode "
            "at https://dashboard.stripe.com/test/settings/billing/portal."
        )
    return default[0]


def _flow(work: Work, customer: Json, data: Json | None) -> Json | None:
    if data is None:
        return None
    cancelled = data.get("subscription_cancel")
    if cancelled:
        subscription = subscriptions.living(work, cancelled["subscription"])
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
    return [one for one in found if one["status"] not in subscriptions.ENDED]


def cancel(work: Work, subscription: Json, configuration: Json) -> None:
    """Cancel as the configuration says; at period end, flexible billing sets `cancel_at` and leaves the flag alone."""
    if configuration["features"]["subscription_cancel"]["mode"] == "immediately":
        subscriptions.end(work, subscription, reason="cancellation_requested")
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


_PLACE = "/v1/billing_portal/configurations"

OPERATIONS = (
    Operation("POST", _PLACE, create_configuration, {**_CONFIGURATION, "features": required(shape_of(_FEATURES))}),
    retrieving(f"{_PLACE}/<id>", "billing_portal.configuration"),
    Operation("POST", f"{_PLACE}/<id>", update_configuration, {**_CONFIGURATION, "active": flag}),
    listing(
        _PLACE,
        "billing_portal.configuration",
        {"active": equals("$.active", flag), "is_default": equals("$.is_default", flag)},
    ),
    Operation("POST", "/v1/billing_portal/sessions", create_session, _SESSION),
)
