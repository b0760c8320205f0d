"""Setup intents: a payment method is made ready for payments to come, without taking money; its bank may ask first."""

from paywall.sandbox.payments import payment_methods, payments
from paywall.sandbox.payments.cards import TestCard
from paywall.sandbox.state.ids import new_id, token
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.paging import equals
from paywall.sandbox.wire.routes import Operation, listing, retrieving


def new(work: Work, customer: str | None) -> Json:
    """Make a setup intent that waits for a payment method."""
    identifier = new_id("setup_intent")
    return work.add(
        "setup_intent",
        event="setup_intent.created",
        identifier=identifier,
        client_secret=f"{identifier}_secret_{token(25)}",
        customer=customer,
    )


def attempt(work: Work, setup: Json, method: Json, *, authenticated: bool = False) -> Json:
    """Try to make the method ready; the status (succeeded, requires_action, …) says how it went."""
    card = payments.behaviour(work, method) if method["type"] == "card" else TestCard()
    if not card.attaches:
        error = {"code": card.code, "message": card.message}
        return _fail(work, setup, method, error | ({"decline_code": card.decline_code} if card.decline_code else {}))
    if not authenticated and payments.asks(work, method, off_session=False):
        action = {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}}
        asked = {"status": "requires_action", "next_action": action, "payment_method": method["id"]}
        return work.change(setup, event="setup_intent.requires_action", **asked)
    if authenticated:
        payments.set_up(work, method)
    payment_methods.attach_to(work, method, setup["customer"])
    done = {"status": "succeeded", "next_action": None, "last_setup_error": None, "payment_method": method["id"]}
    return work.change(setup, event="setup_intent.succeeded", **done)


def fail_authentication(work: Work, setup: Json, method: Json) -> Json:
    """Note that the payer did not pass 3-D Secure."""
    error = {"code": "setup_intent_authentication_failure", "message": payments.CANNOT_AUTHENTICATE}
    return _fail(work, setup, method, error)


def _fail(work: Work, setup: Json, method: Json, error: Json) -> Json:
    told = {**error, "payment_method": method, "type": "card_error"}
    failed = {"status": "requires_payment_method", "next_action": None, "payment_method": None}
    return work.change(setup, event="setup_intent.setup_failed", **failed, last_setup_error=told)


OPERATIONS: tuple[Operation, ...] = (
    retrieving("/v1/setup_intents/<id>", "setup_intent"),
    listing("/v1/setup_intents", "setup_intent", {"customer": equals("customer")}),
)
