"""Charges: each attempt to take money, paid, refused, or on its way for some days."""

from paywall.sandbox.payments import balance
from paywall.sandbox.state.ids import new_id
from paywall.sandbox.state.shapes import Json, shape
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.paging import equals
from paywall.sandbox.wire.params import merged, metadata, text
from paywall.sandbox.wire.routes import Operation, listing, retrieving

_MERCHANT = "SANDBOX"
_OF_CARD = ("brand", "exp_month", "exp_year", "fingerprint", "last4")
_OF_DEBIT = ("bank_code", "branch_code", "country", "fingerprint", "last4")


def add(work: Work, intent: Json, method: Json, *, authenticated: bool = False, **fields: object) -> Json:
    """Store the charge that an attempt on a payment intent makes; `fields` say how it went."""
    identifier = new_id("charge")
    known: Json = {
        "amount": intent["amount"],
        "amount_captured": intent["amount"],
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": _MERCHANT,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "outcome": shape("outcome"),
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": _details(work, method, intent["amount"], authenticated=authenticated),
        "receipt_url": f"{work.base_url}/receipts/{identifier}",
    }
    return work.add("charge", identifier=identifier, **{**known, **fields})


def book(work: Work, charge: Json) -> Json:
    """Book what a charge brought in; the fee of a debit is a flat 35 minor units."""
    is_card = charge["payment_method_details"]["type"] == "card"
    fee = balance.card_fee(charge["amount"]) if is_card else 35
    kind = "charge" if is_card else "payment"
    booked = balance.record(work, kind, charge["amount"], charge["currency"], charge["id"], fee=fee)
    return work.change(charge, balance_transaction=booked["id"])


def remember(work: Work, charge: Json, afterwards: str | None) -> None:
    """Note what the payment method makes of the charge later; a dispute comes right after it."""
    if afterwards:
        work.store.set_private(charge["id"], {"afterwards": afterwards})
    if afterwards in {"dispute", "inquiry"}:
        work.store.set_due(charge["id"], work.now)


def _details(work: Work, method: Json, amount: int, *, authenticated: bool) -> Json:
    if method["type"] == "sepa_debit":
        facts = {name: method["sepa_debit"][name] for name in _OF_DEBIT}
        mandate = work.store.private(method["id"]).get("mandate")
        return {"type": "sepa_debit", "sepa_debit": {**facts, "mandate": mandate}}
    details = shape("payment_method_details")
    card = {name: method["card"][name] for name in _OF_CARD}
    capturable = {"maximum_amount_capturable": amount, "status": "unavailable"}
    details["card"] |= card | {"network": card["brand"], "amount_authorized": amount, "overcapture": capturable}
    details["card"]["three_d_secure"] = dict(_AUTHENTICATED) if authenticated else None
    return details


_AUTHENTICATED = {
    "authentication_flow": "challenge",
    "electronic_commerce_indicator": "05",
    "exemption_indicator": None,
    "result": "authenticated",
    "result_reason": None,
    "transaction_id": None,
    "version": "2.2.0",
}


def update(work: Work, params: Json) -> Json:
    """Change a charge's words and metadata."""
    charge = work.get("charge", params.pop("id"))
    if "metadata" in params:
        params["metadata"] = merged(charge["metadata"], params["metadata"])
    return work.change(charge, event="charge.updated", **params)


_FILTERS = {"customer": equals("customer"), "payment_intent": equals("json_extract(body, '$.payment_intent')")}

OPERATIONS: tuple[Operation, ...] = (
    retrieving("/v1/charges/<id>", "charge"),
    Operation("POST", "/v1/charges/<id>", update, {"description": text(unset=True), "metadata": metadata}),
    listing("/v1/charges", "charge", _FILTERS),
)
