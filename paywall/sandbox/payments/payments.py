"""Taking money: payment intents and charges, and what the test card makes of each attempt."""

from paywall.sandbox.payments.cards import TestCard
from paywall.sandbox.state.errors import ApiError, card_error
from paywall.sandbox.state.ids import new_id, token
from paywall.sandbox.state.shapes import Json, shape
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.paging import equals
from paywall.sandbox.wire.routes import Operation, listing, retrieving

_MERCHANT = "SANDBOX"

CANNOT_AUTHENTICATE = (
    "We are unable to authenticate your payment method. Please choose a different payment method and try again."
)


def new_intent(work: Work, customer: str | None, amount: int, currency: str, description: str) -> Json:
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


def attempt(work: Work, intent: Json, method: Json, *, authenticated: bool = False) -> Json:
    """Try to take the money; the intent's status (succeeded, requires_action, …) says how it went."""
    card = behaviour(work, method)
    if card.outcome == "declines":
        return _declined(work, intent, method, card)
    if card.outcome == "authenticates" and not authenticated:
        action = {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}}
        return work.change(
            intent,
            event="payment_intent.requires_action",
            status="requires_action",
            next_action=action,
            payment_method=method["id"],
        )
    return _succeeded(work, intent, method, authenticated=authenticated)


def _succeeded(work: Work, intent: Json, method: Json, *, authenticated: bool) -> Json:
    charge = _charge(work, intent, method, authenticated=authenticated)
    work.emit("charge.succeeded", charge)
    return work.change(
        intent,
        event="payment_intent.succeeded",
        status="succeeded",
        amount_received=intent["amount"],
        latest_charge=charge["id"],
        payment_method=method["id"],
        next_action=None,
        last_payment_error=None,
    )


def _declined(work: Work, intent: Json, method: Json, card: TestCard) -> Json:
    outcome = shape(
        "outcome",
        network_status="declined_by_network",
        reason=card.decline_code,
        seller_message="The bank did not return any further details with this decline.",
        type="issuer_declined",
        advice_code="try_again_later",
    )
    charge = _charge(
        work,
        intent,
        method,
        outcome=outcome,
        status="failed",
        paid=False,
        captured=False,
        amount_captured=0,
        balance_transaction=None,
        failure_code=card.code,
        failure_message=card.message,
        receipt_url=None,
    )
    work.emit("charge.failed", charge)
    error = {"charge": charge["id"], "code": card.code, "decline_code": card.decline_code, "message": card.message}
    return _failed(work, intent, method, error, latest_charge=charge["id"])


def fail_authentication(work: Work, intent: Json, method: Json) -> Json:
    """Note that the payer did not pass 3-D Secure."""
    code = "payment_intent_authentication_failure"
    return _failed(work, intent, method, {"code": code, "message": CANNOT_AUTHENTICATE})


def _failed(work: Work, intent: Json, method: Json, error: Json, **fields: str) -> Json:
    return work.change(
        intent,
        event="payment_intent.payment_failed",
        status="requires_payment_method",
        payment_method=None,
        next_action=None,
        last_payment_error={**error, "payment_method": method, "type": "card_error"},
        **fields,
    )


def _charge(work: Work, intent: Json, method: Json, *, authenticated: bool = False, **fields: object) -> Json:
    identifier = new_id("charge")
    known: Json = {
        "amount": intent["amount"],
        "amount_captured": intent["amount"],
        "balance_transaction": f"txn_{token(24)}",
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": _MERCHANT,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "outcome": shape("outcome"),
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": _details(method, intent["amount"], authenticated=authenticated),
        "receipt_url": f"{work.base_url}/receipts/{identifier}",
    }
    return work.add("charge", identifier=identifier, **{**known, **fields})


def _details(method: Json, amount: int, *, authenticated: bool) -> Json:
    details = shape("payment_method_details")
    card = {name: method["card"][name] for name in ("brand", "exp_month", "exp_year", "fingerprint", "last4")}
    secure = {
        "authentication_flow": "challenge",
        "electronic_commerce_indicator": "05",
        "exemption_indicator": None,
        "result": "authenticated",
        "result_reason": None,
        "transaction_id": None,
        "version": "2.2.0",
    }
    capturable = {"maximum_amount_capturable": amount, "status": "unavailable"}
    details["card"] |= card | {"network": card["brand"], "amount_authorized": amount, "overcapture": capturable}
    details["card"]["three_d_secure"] = secure if authenticated else None
    return details


def declined(intent: Json) -> ApiError:
    """Return the 402 that tells why the attempt on this intent failed."""
    error = intent["last_payment_error"]
    known = {name: error[name] for name in ("charge",) if name in error}
    return card_error(error["message"], error["code"], error.get("decline_code"), payment_intent=intent, **known)


OPERATIONS: tuple[Operation, ...] = (
    retrieving("/v1/payment_intents/<id>", "payment_intent"),
    listing("/v1/payment_intents", "payment_intent", {"customer": equals("customer")}),
    retrieving("/v1/charges/<id>", "charge"),
    listing(
        "/v1/charges",
        "charge",
        {"customer": equals("customer"), "payment_intent": equals("json_extract(body, '$.payment_intent')")},
    ),
)
