"""Taking money: payment intents, and what the payment method makes of each attempt."""

from paywall.sandbox.payments import cards, charges
from paywall.sandbox.payments.cards import TestCard
from paywall.sandbox.payments.debits import beginning
from paywall.sandbox.state.errors import ApiError, card_error, refused
from paywall.sandbox.state.ids import new_id, token
from paywall.sandbox.state.shapes import Json, shape
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.paging import equals
from paywall.sandbox.wire.routes import Operation, listing, retrieving

CANNOT_AUTHENTICATE = (
    "We are unable to authenticate your payment method. Please choose a different payment method and try again."
)
_NOT_ANY_MORE = {"canceled", "processing", "succeeded"}


def new_intent(work: Work, customer: str | None, amount: int, currency: str, description: str | None) -> Json:
    """Make a payment intent that waits for a payment method."""
    identifier = new_id("payment_intent")
    return work.add(
        "payment_intent",
        event="payment_intent.created",
        identifier=identifier,
        client_secret=f"{identifier}_secret_{token(25)}",
        customer=customer,
        amount=amount,
        currency=currency,
        description=description,
    )


def behaviour(work: Work, method: Json) -> TestCard:
    """Return what the payment method's test card does when it is charged."""
    return TestCard(**work.store.private(method["id"])["card"])


def asks(work: Work, method: Json, *, off_session: bool) -> bool:
    """Return whether a payment by this method needs the payer's authentication."""
    if method["type"] != "card":
        return False
    is_set_up = work.store.private(method["id"]).get("is_set_up", False)
    return cards.asks(behaviour(work, method), off_session=off_session, is_set_up=is_set_up)


def set_up(work: Work, method: Json) -> None:
    """Remember that the payer has authenticated this method for payments to come."""
    work.store.set_private(method["id"], {**work.store.private(method["id"]), "is_set_up": True})


def attempt(
    work: Work, intent: Json, method: Json, *, authenticated: bool = False, off_session: bool | None = None
) -> Json:
    """Try to take the money; the intent's status (succeeded, processing, requires_action, …) says how it went.

    `off_session` says that the payer is not there; None: so it is exactly when the payment fell due by itself.
    """
    if intent["status"] in _NOT_ANY_MORE:
        raise _unexpected(intent)
    if method["type"] == "sepa_debit":
        return _debited(work, intent, method)
    card = behaviour(work, method)
    if not authenticated and asks(work, method, off_session=work.is_turn if off_session is None else off_session):
        return _asked(work, intent, method)
    if card.outcome in {"declines", "authenticates_then_declines"}:
        return _declined(work, intent, method, card)
    return _succeeded(work, intent, method, authenticated=authenticated)


def _unexpected(intent: Json) -> ApiError:
    words = f"This PaymentIntent's status is {intent['status']}; it cannot be confirmed again."
    return refused(words, code="payment_intent_unexpected_state")


def _debited(work: Work, intent: Json, method: Json) -> Json:
    if intent["currency"] == "eur":
        return beginning.begin(work, intent, method)
    error = {"code": "payment_method_currency_mismatch", "message": "SEPA Direct Debit takes euros only."}
    return fail(work, intent, method, error)


def _asked(work: Work, intent: Json, method: Json) -> Json:
    action = {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}}
    return work.change(
        intent,
        event="payment_intent.requires_action",
        status="requires_action",
        next_action=action,
        payment_method=method["id"],
    )


def _succeeded(work: Work, intent: Json, method: Json, *, authenticated: bool) -> Json:
    charge = charges.book(work, charges.add(work, intent, method, authenticated=authenticated))
    charges.remember(work, charge, behaviour(work, method).afterwards)
    if authenticated:
        set_up(work, method)
    work.emit("charge.succeeded", charge)
    return succeed(work, intent, charge)


def succeed(work: Work, intent: Json, charge: Json) -> Json:
    """Note that a charge brought in what the intent asked for."""
    return work.change(
        intent,
        event="payment_intent.succeeded",
        status="succeeded",
        amount_received=intent["amount"],
        latest_charge=charge["id"],
        payment_method=charge["payment_method"],
        next_action=None,
        last_payment_error=None,
    )


def _declined(work: Work, intent: Json, method: Json, card: TestCard) -> Json:
    outcome = shape(
        "outcome",
        network_status="declined_by_network",
        reason=card.decline_code or card.code,
        seller_message="The bank did not return any further details with this decline.",
        type="issuer_declined",
        advice_code="try_again_later",
    )
    charge = charges.add(
        work,
        intent,
        method,
        outcome=outcome,
        status="failed",
        paid=False,
        captured=False,
        amount_captured=0,
        failure_code=card.code,
        failure_message=card.message,
        receipt_url=None,
    )
    work.emit("charge.failed", charge)
    error = {"charge": charge["id"], "code": card.code, "message": card.message}
    if card.decline_code:
        error["decline_code"] = card.decline_code
    return fail(work, intent, method, error, latest_charge=charge["id"])


def fail_authentication(work: Work, intent: Json, method: Json) -> Json:
    """Note that the payer did not pass 3-D Secure."""
    code = "payment_intent_authentication_failure"
    return fail(work, intent, method, {"code": code, "message": CANNOT_AUTHENTICATE})


def fail(work: Work, intent: Json, method: Json, error: Json, **fields: str) -> Json:
    """Note that an attempt failed; the intent waits for another method."""
    return work.change(
        intent,
        event="payment_intent.payment_failed",
        status="requires_payment_method",
        payment_method=None,
        next_action=None,
        last_payment_error={**error, "payment_method": method, "type": "card_error"},
        **fields,
    )


def declined(intent: Json) -> ApiError:
    """Return the 402 that tells why the attempt on this intent failed."""
    error = intent["last_payment_error"]
    known = {name: error[name] for name in ("charge",) if name in error}
    return card_error(error["message"], error["code"], error.get("decline_code"), payment_intent=intent, **known)


OPERATIONS: tuple[Operation, ...] = (
    retrieving("/v1/payment_intents/<id>", "payment_intent"),
    listing("/v1/payment_intents", "payment_intent", {"customer": equals("customer")}),
)
