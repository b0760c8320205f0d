"""The billing portal's configurations: what a customer may do there."""

from paywall.sandbox.billing.subscriptions.operations import FEEDBACK
from paywall.sandbox.state.errors import refused
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

_PRORATION = one_of("always_invoice", "create_prorations", "none")
_REASONS: Declared = {"enabled": required(flag), "options": rows_of(one_of(*FEEDBACK))}
_PRODUCT: Declared = {"product": required(text()), "prices": required(rows_of(text(), 20))}
_CONDITION: Declared = {"type": required(one_of("decreasing_item_amount", "shortening_interval"))}
_UPDATE: Declared = {
    "billing_cycle_anchor": one_of("unchanged"),
    "default_allowed_updates": rows_of(one_of("price")),
    "enabled": flag,
    "products": rows_of(shape_of(_PRODUCT), 20),
    "proration_behavior": _PRORATION,
    "schedule_at_period_end": shape_of({"conditions": rows_of(shape_of(_CONDITION), 2)}),
}
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
    "subscription_update": shape_of(_UPDATE),
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
_KIND = "billing_portal.configuration"


def create_configuration(work: Work, params: Json) -> Json:
    """Make a configuration; the first one is the default."""
    first = not work.store.select("billing_portal.configuration")
    blank = shape("billing_portal.configuration")
    _check_products(work, params)
    changes = _configured(blank, params)
    return work.add(
        "billing_portal.configuration", event=f"{_KIND}.created", is_default=first, updated=work.now, **changes
    )


def update_configuration(work: Work, params: Json) -> Json:
    """Change a configuration."""
    configuration = work.get("billing_portal.configuration", params.pop("id"))
    if params.get("active") is False and configuration["is_default"]:
        raise refused("You cannot deactivate the default configuration.", "active")
    _check_products(work, params)
    return work.change(configuration, event=f"{_KIND}.updated", updated=work.now, **_configured(configuration, params))


def _check_products(work: Work, params: Json) -> None:
    """Raise unless each product a customer may switch to exists, with the prices named for it; fill in the rest."""
    rows = params.get("features", {}).get("subscription_update", {}).get("products", [])
    for place, row in enumerate(rows):
        name = f"features[subscription_update][products][{place}]"
        work.get("product", row["product"], f"{name}[product]")
        for number, price in enumerate(row["prices"]):
            if work.get("price", price, f"{name}[prices][{number}]")["product"] != row["product"]:
                raise refused(f"The price {price} does not belong to {row['product']}.", f"{name}[prices][{number}]")
        row["adjustable_quantity"] = {"enabled": False, "maximum": None, "minimum": 1}


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


def chosen(work: Work, identifier: str | None) -> Json:
    """Return the configuration of that id, or the default one."""
    if identifier:
        return work.get("billing_portal.configuration", identifier, "configuration")
    default = work.store.select("billing_portal.configuration", "json_extract(body, '$.is_default') = 1")
    if not default:
        raise refused(
            "You can't create a portal session in test mode until you save your customer portal settings in test mode "
            "at https://dashboard.stripe.com/test/settings/billing/portal."
        )
    return default[0]


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
)
