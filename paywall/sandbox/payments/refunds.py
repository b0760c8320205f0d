"""Refunds: money given back on a charge, in whole or in part."""

from paywall.sandbox.state.errors import missing, refused
from paywall.sandbox.state.ids import token
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.paging import equals
from paywall.sandbox.wire.params import Declared, integer, merged, metadata, one_of, text
from paywall.sandbox.wire.routes import Operation, listing, retrieving

_REFUND: Declared = {
    "amount": integer(1),
    "charge": text(),
    "metadata": metadata,
    "payment_intent": text(),
    "reason": one_of("duplicate", "fraudulent", "requested_by_customer"),
}


def create(work: Work, params: Json) -> Json:
    """Give back what is named, or all that is left."""
    charge = _charge_of(work, params)
    if charge["refunded"]:
        raise refused(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    left = charge["amount_captured"] - charge["amount_refunded"]
    amount = params.get("amount", left)
    if amount > left:
        raise refused(f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", "amount")
    refund = work.add(
        "refund",
        event="refund.created",
        amount=amount,
        balance_transaction=f"txn_{token(24)}",
        charge=charge["id"],
        currency=charge["currency"],
        customer=charge["customer"],
        metadata=merged({}, params.get("metadata", {})),
        payment_intent=charge["payment_intent"],
        payment_method=charge["payment_method"],
        reason=params.get("reason"),
    )
    given_back = charge["amount_refunded"] + amount
    whole = given_back == charge["amount_captured"]
    work.change(charge, event="charge.refunded", amount_refunded=given_back, refunded=whole)
    return refund


def _charge_of(work: Work, params: Json) -> Json:
    if "charge" in params:
        charge = work.get("charge", params["charge"], "charge")
    elif "payment_intent" in params:
        intent = work.get("payment_intent", params["payment_intent"], "payment_intent")
        if intent["status"] != "succeeded":
            raise refused(f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.")
        charge = work.get("charge", intent["latest_charge"], "payment_intent")
    else:
        raise missing("charge")
    if charge["status"] != "succeeded":
        raise refused(f"Charge {charge['id']} cannot be refunded because it has not succeeded.", "charge")
    return charge


_FILTERS = {
    "charge": equals("json_extract(body, '$.charge')"),
    "payment_intent": equals("json_extract(body, '$.payment_intent')"),
}

OPERATIONS = (
    Operation("POST", "/v1/refunds", create, _REFUND),
    retrieving("/v1/refunds/<id>", "refund"),
    listing("/v1/refunds", "refund", _FILTERS),
)
