"""Flows: a portal session that goes straight to one deed, and where the customer goes once it is done."""

from paywall.sandbox.billing.subscriptions import creating, ending
from paywall.sandbox.state.errors import invalid, refused
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.params import Declared, integer, one_of, required, rows_of, shape_of, text, web_address

TYPES = ("payment_method_update", "subscription_cancel", "subscription_update", "subscription_update_confirm")
_OF_SUBSCRIPTION: Declared = {"subscription": required(text())}
_ITEM: Declared = {"id": required(text()), "price": text(), "quantity": integer(1, 999_999)}
_AFTER: Declared = {
    "type": required(one_of("hosted_confirmation", "portal_homepage", "redirect")),
    "hosted_confirmation": shape_of({"custom_message": text(500)}),
    "redirect": shape_of({"return_url": required(web_address)}),
}
PARAMS: Declared = {
    "type": required(one_of(*TYPES)),
    "after_completion": shape_of(_AFTER),
    "subscription_cancel": shape_of(_OF_SUBSCRIPTION),
    "subscription_update": shape_of(_OF_SUBSCRIPTION),
    "subscription_update_confirm": shape_of({**_OF_SUBSCRIPTION, "items": required(rows_of(shape_of(_ITEM), 1))}),
}


def read(work: Work, customer: Json, features: Json, data: Json) -> Json:
    """Return the flow as a session shows it; raises for one that the configuration or the customer does not allow."""
    kind = data["type"]
    feature = "subscription_update" if kind == "subscription_update_confirm" else kind
    if not features[feature]["enabled"]:
        words = f"You cannot create a flow of type `{kind}`: the portal configuration has `{feature}` disabled."
        raise refused(words, "flow_data[type]")
    if kind != "payment_method_update" and kind not in data:
        raise invalid(f"Missing required param: flow_data[{kind}].", f"flow_data[{kind}]", "parameter_missing")
    if kind in data:
        _check(work, customer, kind, data[kind])
    return {
        "after_completion": _after(data.get("after_completion")),
        **{name: _shown(name, data[name]) if name == kind else None for name in TYPES[1:]},
        "type": kind,
    }


def _check(work: Work, customer: Json, kind: str, wanted: Json) -> None:
    subscription = ending.living(work, wanted["subscription"])
    if subscription["customer"] != customer["id"]:
        raise refused("The subscription does not belong to the customer.", f"flow_data[{kind}][subscription]")
    for place, row in enumerate(wanted.get("items", [])):
        name = f"flow_data[{kind}][items][{place}]"
        if row["id"] not in {item["id"] for item in subscription["items"]["data"]}:
            raise refused(f"No such subscription item: '{row['id']}'", f"{name}[id]", "resource_missing")
        if "price" in row:
            creating.check_price(work.get("price", row["price"], f"{name}[price]"), f"{name}[price]")


def _shown(kind: str, wanted: Json) -> Json:
    if kind == "subscription_cancel":
        return {"retention": None, **wanted}
    if kind == "subscription_update_confirm":
        return {"discounts": None, **wanted, "items": [{"price": None, **row} for row in wanted["items"]]}
    return dict(wanted)


def _after(wanted: Json | None) -> Json:
    blank: Json = {"hosted_confirmation": None, "redirect": None, "type": "portal_homepage"}
    if wanted is None:
        return blank
    kind = wanted["type"]
    if kind == "redirect" and "redirect" not in wanted:
        name = "flow_data[after_completion][redirect]"
        raise invalid(f"Missing required param: {name}.", name, "parameter_missing")
    given = {"custom_message": None} if kind == "hosted_confirmation" else {}
    return {**blank, "type": kind, **({kind: given | wanted.get(kind, {})} if kind != "portal_homepage" else {})}
