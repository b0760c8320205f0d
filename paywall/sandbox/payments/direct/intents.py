"""Payment intents made by a call: confirmed at once or later, authorised and captured, or cancelled."""

from paywall.sandbox.payments import charges, payment_methods, payments
from paywall.sandbox.state.errors import missing, refused
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.params import (
    Declared,
    currency,
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
from paywall.sandbox.wire.routes import Operation

_CANCELABLE = {
    "processing",
    "requires_action",
    "requires_capture",
    "requires_confirmation",
    "requires_payment_method",
}
_KEPT = ("capture_method", "confirmation_method", "description", "receipt_email", "setup_future_usage", "shipping")


def create(work: Work, params: Json) -> Json:
    """Make a payment intent; with `confirm` it is tried at once, and a refusal is raised as Stripe's card error."""
    customer = work.get("customer", params["customer"], "customer")["id"] if "customer" in params else None
    method = payment_methods.find(work, params["payment_method"]) if "payment_method" in params else None
    if params.get("confirm") and method is None:
        raise missing("payment_method")
    intent = payments.new_intent(work, customer, params["amount"], params["currency"], params.get("description"))
    work.change(
        intent,
        metadata=merged({}, params.get("metadata", {})),
        payment_method=method and method["id"],
        status="requires_confirmation" if method else "requires_payment_method",
        **{"setup_future_usage": None, **{name: params[name] for name in _KEPT if name in params}},
    )
    if method is None or not params.get("confirm"):
        return intent
    return confirm(work, intent, method, off_session=params.get("off_session", False))


def confirm(work: Work, intent: Json, method: Json, *, off_session: bool = False) -> Json:
    """Try to take the money, or only to reserve it; raises Stripe's card error for a refusal, which stays recorded."""
    may_reserve = intent["capture_method"] == "manual" and method["type"] == "card"
    if may_reserve and payments.behaviour(work, method).outcome == "succeeds":
        return _reserve(work, intent, method)
    intent = payments.attempt(work, intent, method, off_session=off_session)
    if intent["status"] == "requires_payment_method":
        raise payments.declined(intent)
    return intent


def _reserve(work: Work, intent: Json, method: Json) -> Json:
    charge = charges.add(work, intent, method, captured=False, amount_captured=0)
    work.emit("charge.succeeded", charge)
    return work.change(
        intent,
        event="payment_intent.amount_capturable_updated",
        status="requires_capture",
        amount_capturable=intent["amount"],
        latest_charge=charge["id"],
        payment_method=method["id"],
    )


def capture(work: Work, params: Json) -> Json:
    """Take what was reserved, in whole."""
    intent = work.get("payment_intent", params["id"])
    if intent["status"] != "requires_capture":
        raise _unexpected(intent, "captured")
    charge = work.get("charge", intent["latest_charge"])
    charges.book(work, work.change(charge, captured=True, amount_captured=charge["amount"]))
    work.emit("charge.captured", charge)
    work.change(intent, amount_capturable=0)
    return payments.succeed(work, intent, charge)


def cancel(work: Work, params: Json) -> Json:
    """Give an intent up; what was reserved is let go."""
    intent = work.get("payment_intent", params["id"])
    if intent["status"] not in _CANCELABLE:
        raise _unexpected(intent, "canceled")
    work.store.set_due(intent["id"], None)
    return work.change(
        intent,
        event="payment_intent.canceled",
        status="canceled",
        amount_capturable=0,
        canceled_at=work.now,
        cancellation_reason=params.get("cancellation_reason"),
        next_action=None,
    )


def _unexpected(intent: Json, verb: str) -> Exception:
    words = f"This PaymentIntent could not be {verb} because it has a status of {intent['status']}."
    return refused(words, code="payment_intent_unexpected_state")


_ADDRESS: Declared = {name: text(unset=True) for name in ("city", "country", "line1", "line2", "postal_code", "state")}
_SHIPPING: Declared = {
    **{name: text(unset=True) for name in ("carrier", "name", "phone", "tracking_number")},
    "address": shape_of(_ADDRESS),
}
_ACCEPTED: Declared = {"accepted_at": integer(0), "type": required(one_of("offline", "online"))}
_CREATE: Declared = {
    "amount": required(integer(1)),
    "capture_method": one_of("automatic", "automatic_async", "manual"),
    "confirm": flag,
    "confirmation_method": one_of("automatic", "manual"),
    "currency": required(currency),
    "customer": text(),
    "description": text(1000, unset=True),
    "mandate_data": shape_of({"customer_acceptance": required(shape_of(_ACCEPTED))}),
    "metadata": metadata,
    "off_session": flag,
    "payment_method": text(),
    "payment_method_types": rows_of(one_of("card", "sepa_debit"), 10),  # the older name, which scripts still use
    "receipt_email": text(unset=True),
    "return_url": web_address,
    "setup_future_usage": one_of("off_session", "on_session"),
    "shipping": shape_of(_SHIPPING, unset=True),
}
REASONS = one_of("abandoned", "duplicate", "fraudulent", "requested_by_customer")

OPERATIONS = (
    Operation("POST", "/v1/payment_intents", create, _CREATE),
    Operation("POST", "/v1/payment_intents/<id>/capture", capture),
    Operation("POST", "/v1/payment_intents/<id>/cancel", cancel, {"cancellation_reason": REASONS}),
)
