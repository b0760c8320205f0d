"""Another price in the portal, where the configuration names products: at once, or when the period ends."""

from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from paywall.sandbox.billing.changes import changing, previewing
from paywall.sandbox.billing.schedules import operations as schedules
from paywall.sandbox.hosted.portal.visit import Visit
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work

_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_NOTHING = "There is nothing to switch to."


def offers(visit: Visit, subscription: Json) -> list[Json]:
    """Return the prices one may switch to: those the configuration names, in the same currency, but for the present."""
    feature = visit.features["subscription_update"]
    allowed = feature["enabled"] and "price" in feature["default_allowed_updates"]
    if not allowed or subscription["cancel_at"] or subscription["schedule"] or len(subscription["items"]["data"]) > 1:
        return []
    named = [price for product in feature.get("products") or [] for price in product["prices"]]
    found = [visit.work.store.get("price", each) for each in named]
    present = subscription["items"]["data"][0]["price"]["id"]
    currency = subscription["currency"]
    return [
        each for each in found if each and each["active"] and each["currency"] == currency and each["id"] != present
    ]


def ask(visit: Visit, subscription: str) -> Response:
    """Show the prices to choose from."""
    found = visit.subscription(subscription)
    choices = offers(visit, found) if found else []
    if not choices:
        return visit.refuse(_NOTHING)
    return visit.page("portal_switch.html", subscription=found, choices=choices)


def confirm(visit: Visit, subscription: str) -> Response:
    """Show what the chosen price changes, and what is due for it now."""
    found, price = _chosen(visit, subscription, visit.asked.request.args.get("price", ""))
    if found is None or price is None:
        return visit.refuse(_NOTHING)
    waits = waits_for_period_end(visit.features["subscription_update"], found, price)
    due = None if waits else _due_now(visit, found, price)
    return visit.page("portal_confirm.html", subscription=found, price=price, waits=waits, due=due)


def _chosen(visit: Visit, subscription: str, price: str) -> tuple[Json | None, Json | None]:
    """Return the subscription and the price; a session made for this change may name a price that is not offered."""
    found = visit.subscription(subscription)
    if found is None:
        return None, None
    named = ((visit.flow or {}).get("subscription_update_confirm") or {}).get("items", [{}])[0].get("price")
    if named and named == price and not found["schedule"]:
        return found, visit.work.get("price", price)
    return found, next((each for each in offers(visit, found) if each["id"] == price), None)


def waits_for_period_end(feature: Json, subscription: Json, price: Json) -> bool:
    """Return whether the configuration puts this change off until the period ends."""
    present = subscription["items"]["data"][0]["price"]
    conditions = {each["type"] for each in feature["schedule_at_period_end"]["conditions"]}
    is_cheaper = price["unit_amount"] < present["unit_amount"]
    is_shorter = _length(price) < _length(present)
    return ("decreasing_item_amount" in conditions and is_cheaper and _length(price) == _length(present)) or (
        "shortening_interval" in conditions and is_shorter
    )


def _length(price: Json) -> int:
    recurring = price["recurring"]
    return int(_DAYS[recurring["interval"]] * recurring["interval_count"])


def _due_now(visit: Visit, subscription: Json, price: Json) -> int:
    """Return what the change takes at once, in minor units; nothing where it only goes onto the next invoice."""
    change = _change(visit, subscription, price)
    with previewing.undone(visit.work):
        planned = changing.plan(visit.work, subscription, dict(change))
    if not planned.invoiced:
        return 0
    params = {"subscription": subscription["id"], "subscription_details": change}
    return int(previewing.create(visit.work, params)["amount_due"])


def _change(visit: Visit, subscription: Json, price: Json) -> Json:
    item = subscription["items"]["data"][0]["id"]
    proration = visit.features["subscription_update"]["proration_behavior"]
    return {"items": [{"id": item, "price": price["id"]}], "proration_behavior": proration}


def switch(visit: Visit, subscription: str) -> Response:
    """Make the change; a payment that does not succeed at once is made on the invoice's page, and the change waits."""
    found, price = _chosen(visit, subscription, visit.asked.request.form.get("price", ""))
    if found is None or price is None:
        return visit.refuse(_NOTHING)
    if waits_for_period_end(visit.features["subscription_update"], found, price):
        _put_off(visit.work, found, price)
        return visit.done("subscription_update", "subscription_update_confirm")
    change = {"id": subscription, "payment_behavior": "pending_if_incomplete", **_change(visit, found, price)}
    changed = changing.update(visit.work, change)
    if changed["pending_update"]:
        invoice = visit.work.get("invoice", changed["latest_invoice"])
        return redirect(invoice["hosted_invoice_url"], 303)
    return visit.done("subscription_update", "subscription_update_confirm")


def _put_off(work: Work, subscription: Json, price: Json) -> None:
    schedule = schedules.create(work, {"from_subscription": subscription["id"]})
    present = schedule["phases"][0]
    quantity = subscription["items"]["data"][0]["quantity"]
    now = {"items": [{"price": row["price"], "quantity": row["quantity"]} for row in present["items"]]}
    recurring = price["recurring"]
    later = {
        "items": [{"price": price["id"], "quantity": quantity}],
        "duration": {"interval": recurring["interval"], "interval_count": recurring["interval_count"]},
    }
    dates = {"start_date": present["start_date"], "end_date": present["end_date"]}
    phases = [{**now, **dates}, later]
    schedules.update(
        work, {"id": schedule["id"], "end_behavior": "release", "proration_behavior": "none", "phases": phases}
    )


def next_price(work: Work, subscription: Json) -> Json | None:
    """Return the price that a schedule turns the subscription to, None if there is none."""
    schedule = work.store.get("subscription_schedule", subscription["schedule"]) if subscription["schedule"] else None
    coming = [phase for phase in schedule["phases"] if phase["start_date"] > work.now] if schedule else []
    return work.store.get("price", coming[0]["items"][0]["price"]) if coming else None
