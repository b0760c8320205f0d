"""Subscribing a customer directly, without a page; and the fields a new subscription takes, wherever it is made."""

from paywall.sandbox.billing import tax_rates
from paywall.sandbox.billing.changes.cancelling import cancellation
from paywall.sandbox.billing.cycle import timers, trials
from paywall.sandbox.billing.debts import collecting
from paywall.sandbox.billing.discounts import applying
from paywall.sandbox.billing.subscriptions.beginning import Wanted, begin
from paywall.sandbox.payments import payment_methods, payments
from paywall.sandbox.state.errors import invalid, refused
from paywall.sandbox.state.shapes import Json, shape
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.params import merged

_NO_METHOD = (
    "This customer has no attached payment source or default payment method. Please consider adding a default payment "
    "method. For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting."
)
_NO_PAYMENT = "The payment needs a payment method, or an action of the payer, before it can be completed."
_NEEDS_ACTION = "subscription_payment_intent_requires_action"
_AS_THEY_ARE = ("collection_method", "days_until_due", "description")


def create(work: Work, params: Json) -> Json:
    """Subscribe a customer; `payment_behavior` says what happens when the first payment does not succeed."""
    customer = work.get("customer", params["customer"], "customer")
    behaviour = params.get("payment_behavior", "allow_incomplete")
    wanted = wanted_by(work, customer, params)
    method = wanted.method or payment_methods.default_for(work, customer["id"])
    charged_now = behaviour != "default_incomplete" and not wanted.trial_end
    if method is None and charged_now and params.get("collection_method") != "send_invoice":
        raise refused(_NO_METHOD, code="resource_missing")
    subscription, invoice = begin(work, wanted)
    work.change(subscription, **cancellation(subscription, params, work.now))
    timers.wind(work, subscription)
    if invoice["status"] == "open" and (behaviour != "default_incomplete" or not invoice["amount_due"]):
        must_succeed(collecting.collect(work, invoice, method), behaviour)
    return work.get("subscription", subscription["id"])


def must_succeed(intent: Json | None, behaviour: str) -> None:
    """Raise, undoing everything, if the payment failed and was not allowed to."""
    if behaviour == "error_if_incomplete" and intent and intent["status"] not in {"succeeded", "processing"}:
        error = payments.declined(intent) if intent["last_payment_error"] else refused(_NO_PAYMENT, code=_NEEDS_ACTION)
        error.keep = False
        raise error


def wanted_by(work: Work, customer: Json, params: Json) -> Wanted:
    """Return what the parameters of a new subscription ask for; raises for what cannot be had."""
    check_prices(work, params["items"])
    if (params.get("collection_method") == "send_invoice") != ("days_until_due" in params):
        raise invalid("You must pass `days_until_due` with collection_method=send_invoice only.", "days_until_due")
    currency = work.get("price", params["items"][0]["price"])["currency"]
    return Wanted(
        customer["id"],
        params["items"],
        _method(work, customer, params.get("default_payment_method")),
        fields_of(work, params),
        trials.end_of(work, params),
        applying.offered(work, params.get("discounts", []), customer["id"], currency),
    )


def fields_of(work: Work, params: Json) -> Json:
    """Return the fields of a new subscription that stand in the parameters, or are looked up by them."""
    fields = {name: params[name] for name in _AS_THEY_ARE if name in params}
    fields["metadata"] = merged({}, params.get("metadata", {}))
    if "default_tax_rates" in params:
        fields["default_tax_rates"] = tax_rates.chosen(work, params["default_tax_rates"], "default_tax_rates")
    for name in ("trial_settings", "payment_settings"):
        if name in params:
            fields[name] = {**shape("subscription")[name], **params[name]}
    return fields


def _method(work: Work, customer: Json, chosen: str | None) -> Json | None:
    if not chosen:
        return None
    method = work.get("payment_method", chosen, "default_payment_method")
    if method["customer"] != customer["id"]:
        raise refused("The customer does not have a payment method with the ID " + chosen, "default_payment_method")
    return method


def check_prices(work: Work, rows: list[Json]) -> None:
    """Raise unless the rows of `items` name active recurring prices of one currency and one interval."""
    if not rows:
        raise refused("Missing required param: items.", "items", "parameter_missing")
    prices = [work.get("price", row["price"], f"items[{place}][price]") for place, row in enumerate(rows)]
    for place, price in enumerate(prices):
        check_price(price, f"items[{place}][price]")
    check_together(prices)


def check_price(price: Json, param: str) -> None:
    """Raise unless a price is active and recurring."""
    if not price["active"]:
        raise refused("The price specified is inactive. This field only accepts active prices.", param)
    if not price["recurring"]:
        raise refused("The price specified is set to `type=one_time`.", param)


def check_together(prices: list[Json]) -> None:
    """Raise unless prices may stand on one subscription."""
    if len({price["currency"] for price in prices}) > 1:
        raise refused("All prices on a subscription must have the same currency.", "items")
    if len({(price["recurring"]["interval"], price["recurring"]["interval_count"]) for price in prices}) > 1:
        raise refused("The sandbox bills all items of a subscription at one interval.", "items")
