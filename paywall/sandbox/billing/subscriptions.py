"""Subscriptions: begun with an invoice, changed, cancelled now or later. Their turns over time are in `schedule.py`."""

from dataclasses import dataclass, field
from typing import Any

from paywall.sandbox.billing import collecting, invoices
from paywall.sandbox.billing.periods import period_at
from paywall.sandbox.payments import payment_methods, payments
from paywall.sandbox.state.errors import no_such, refused
from paywall.sandbox.state.ids import new_id
from paywall.sandbox.state.shapes import Json, list_of, shape
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.params import merged

ENDED = {"canceled", "incomplete_expired"}
INCOMPLETE_SECONDS = 23 * 3600
_NO_METHOD = (
    "This customer has no attached payment source or default payment method. Please consider adding a default payment "
    "method. For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting."
)


@dataclass(frozen=True)
class Wanted:
    """What somebody wants to subscribe to."""

    customer: str
    items: list[Json]
    method: Json | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    description: str | None = None


def begin(work: Work, wanted: Wanted, intent: Json | None = None) -> tuple[Json, Json]:
    """Make an incomplete subscription and its open invoice; an intent given is the one that pays it."""
    identifier = new_id("subscription")
    items = [_item(work, identifier, row) for row in wanted.items]
    subscription = work.add(
        "subscription",
        identifier=identifier,
        due_at=work.now + INCOMPLETE_SECONDS,
        billing_cycle_anchor=work.now,
        billing_mode={**shape("subscription")["billing_mode"], "updated_at": work.now},
        currency=items[0]["price"]["currency"],
        customer=wanted.customer,
        default_payment_method=wanted.method and wanted.method["id"],
        description=wanted.description,
        items=list_of(items, f"/v1/subscription_items?subscription={identifier}"),
        metadata=wanted.metadata,
        start_date=work.now,
        status="incomplete",
    )
    invoice = invoices.draft(work, subscription, "subscription_create", (work.now, work.now))
    work.change(subscription, latest_invoice=invoice["id"])
    work.emit("customer.subscription.created", subscription)
    customer = work.get("customer", wanted.customer)
    if customer["currency"] is None:
        work.change(customer, event="customer.updated", currency=subscription["currency"])
    return subscription, invoices.finalize(work, invoice, intent)


def _item(work: Work, subscription: str, row: Json) -> Json:
    price = work.get("price", row["price"], "items[0][price]")
    start, end = period_at(work.now, price["recurring"], work.now)
    return shape(
        "subscription_item",
        id=new_id("subscription_item"),
        created=work.now,
        current_period_start=start,
        current_period_end=end,
        metadata=merged({}, row.get("metadata", {})),
        price=price,
        quantity=row.get("quantity", 1),
        subscription=subscription,
    )


def create(work: Work, params: Json) -> Json:
    """Subscribe a customer directly, without a page."""
    customer = work.get("customer", params["customer"], "customer")
    behaviour = params.get("payment_behavior", "allow_incomplete")
    method = _method(work, customer, params.get("default_payment_method"))
    _check_prices(work, params["items"])
    if method is None and behaviour != "default_incomplete":
        raise refused(_NO_METHOD, code="resource_missing")
    own = method if "default_payment_method" in params else None
    wanted = Wanted(
        customer["id"], params["items"], own, merged({}, params.get("metadata", {})), params.get("description")
    )
    subscription, invoice = begin(work, wanted)
    if behaviour != "default_incomplete" or not invoice["amount_due"]:
        intent = collecting.collect(work, invoice, method)
        if intent and intent["status"] != "succeeded" and behaviour == "error_if_incomplete":
            error = payments.declined(intent)
            error.keep = False
            raise error
    return work.get("subscription", subscription["id"])


def _method(work: Work, customer: Json, chosen: str | None) -> Json | None:
    if not chosen:
        return payment_methods.default_for(work, customer["id"])
    method = work.get("payment_method", chosen, "default_payment_method")
    if method["customer"] != customer["id"]:
        raise refused("The customer does not have a payment method with the ID " + chosen, "default_payment_method")
    return method


def _check_prices(work: Work, items: list[Json]) -> None:
    if not items:
        raise refused("Missing required param: items.", "items", "parameter_missing")
    prices = [work.get("price", row["price"], f"items[{place}][price]") for place, row in enumerate(items)]
    for place, price in enumerate(prices):
        if not price["active"]:
            raise refused(
                "The price specified is inactive. This field only accepts active prices.", f"items[{place}][price]"
            )
        if not price["recurring"]:
            raise refused("The price specified is set to `type=one_time`.", f"items[{place}][price]")
    if len({price["currency"] for price in prices}) > 1:
        raise refused("All prices on a subscription must have the same currency.", "items")


def living(work: Work, identifier: str) -> Json:
    """Return a subscription that has not ended; an ended one is as missing as at Stripe."""
    subscription = work.get("subscription", identifier)
    if subscription["status"] in ENDED:
        raise no_such("subscription", identifier)
    return subscription


def cancel(work: Work, params: Json) -> Json:
    """End a subscription now."""
    subscription = living(work, params["id"])
    details = params.get("cancellation_details", {})
    return end(work, subscription, reason="cancellation_requested", **details)


def end(work: Work, subscription: Json, reason: str, **details: Any) -> Json:  # noqa: ANN401 - comment and feedback
    """Close a subscription: nothing more is taken, `customer.subscription.deleted` tells it."""
    work.store.set_due(subscription["id"], None)
    kept = subscription["cancellation_details"]
    work.change(
        subscription,
        status="canceled",
        canceled_at=subscription["canceled_at"] or work.now,
        ended_at=work.now,
        cancellation_details={**kept, **details, "reason": kept["reason"] or reason},
    )
    work.emit("customer.subscription.deleted", subscription)
    collecting.stop_collecting(work, subscription["id"])
    return subscription
