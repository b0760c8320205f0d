"""Refunds: money given back on a charge, in whole or in part; some take a day, some fail after all."""

from paywall.sandbox.payments import balance
from paywall.sandbox.payments.disputes import opening
from paywall.sandbox.state.errors import missing, refused
from paywall.sandbox.state.ids import new_id
from paywall.sandbox.state.shapes import Json, shape
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.paging import equals
from paywall.sandbox.wire.params import Declared, integer, merged, metadata, one_of, text
from paywall.sandbox.wire.routes import Operation, listing, retrieving

SETTLED_AFTER_SECONDS = 86_400
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
    _check_refundable(work, charge)
    left = charge["amount_captured"] - charge["amount_refunded"]
    amount = params.get("amount", left)
    if amount > left:
        raise refused(f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", "amount")
    afterwards = work.store.private(charge["id"]).get("afterwards")
    refund = _add(work, charge, amount, params, is_pending=afterwards == "refund_pending")
    if afterwards in {"refund_pending", "refund_fails"}:
        work.store.set_due(refund["id"], work.now + SETTLED_AFTER_SECONDS)
    _take_from(work, charge, amount, "charge.refunded")
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
    return charge


def _check_refundable(work: Work, charge: Json) -> None:
    if charge["status"] != "succeeded":
        raise refused(f"Charge {charge['id']} cannot be refunded because it has not succeeded.", "charge")
    if charge["refunded"]:
        raise refused(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if opening.forbids_refund(work, charge["id"]):
        words = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise refused(words, code="charge_disputed")


def _add(work: Work, charge: Json, amount: int, params: Json, *, is_pending: bool) -> Json:
    identifier = new_id("refund")
    kind = "refund" if charge["payment_method_details"]["type"] == "card" else "payment_refund"
    status: Json = {"status": "pending", "pending_reason": "processing"} if is_pending else {"status": "succeeded"}
    booked = balance.record(work, kind, -amount, charge["currency"], identifier)
    return work.add(
        "refund",
        event="refund.created",
        identifier=identifier,
        amount=amount,
        balance_transaction=booked["id"],
        charge=charge["id"],
        currency=charge["currency"],
        customer=charge["customer"],
        destination_details=_destination(charge, is_pending=is_pending),
        metadata=merged({}, params.get("metadata", {})),
        payment_intent=charge["payment_intent"],
        payment_method=charge["payment_method"],
        reason=params.get("reason"),
        **status,
    )


def _destination(charge: Json, *, is_pending: bool) -> Json:
    details: Json = shape("refund")["destination_details"]
    if charge["payment_method_details"]["type"] != "card":
        return {"type": charge["payment_method_details"]["type"]}
    if is_pending:
        details["card"] = {"reference_status": "pending", "reference_type": "acquirer_reference_number"}
        details["card"]["type"] = "refund"
    return details


def _take_from(work: Work, charge: Json, amount: int, event: str) -> None:
    given_back = charge["amount_refunded"] + amount
    whole = given_back == charge["amount_captured"]
    work.change(charge, event=event, amount_refunded=given_back, refunded=whole)


def turn(work: Work, refund: Json) -> None:
    """Settle a refund a day later: one that was pending arrives, the other comes back."""
    if refund["status"] == "pending":
        _succeed(work, refund)
    elif refund["status"] == "succeeded":
        _come_back(work, refund, "failed", failure_reason="expired_or_canceled_card")


def _succeed(work: Work, refund: Json) -> None:
    details = shape("refund")["destination_details"]
    refund.pop("pending_reason", None)
    work.change(refund, event="refund.updated", status="succeeded", destination_details=details)
    work.emit("charge.refund.updated", refund)


def _come_back(work: Work, refund: Json, status: str, **fields: str) -> Json:
    """Put the money back into the account: the charge is as unrefunded as before."""
    booked = balance.record(work, "refund_failure", refund["amount"], refund["currency"], refund["id"])
    refund.pop("pending_reason", None)
    work.change(refund, event="refund.updated", status=status, failure_balance_transaction=booked["id"], **fields)
    if status == "failed":
        work.emit("refund.failed", refund)
    work.emit("charge.refund.updated", refund)
    _take_from(work, work.get("charge", refund["charge"]), -refund["amount"], "charge.updated")
    return refund


def call_back(work: Work, refund: Json) -> Json:
    """Cancel a refund that is pending, as the dashboard's button does; raises ApiError for any other."""
    if refund["status"] != "pending":
        raise refused(f"Refund {refund['id']} is {refund['status']} and cannot be canceled.")
    work.store.set_due(refund["id"], None)
    return _come_back(work, refund, "canceled")


def cancel(work: Work, params: Json) -> Json:
    """Refuse: by the API Stripe only cancels refunds that wait for the payer, which a card's never do."""
    refund = work.get("refund", params["id"])
    raise refused(
        f"Refund {refund['id']} cannot be canceled: only refunds with a status of `requires_action` can, and this one "
        f"is `{refund['status']}`."
    )


def update(work: Work, params: Json) -> Json:
    """Change a refund's metadata."""
    refund = work.get("refund", params["id"])
    changed = merged(refund["metadata"], params.get("metadata", {}))
    if changed != refund["metadata"]:
        work.change(refund, event="refund.updated", metadata=changed)
        work.emit("charge.refund.updated", refund)
    return refund


_FILTERS = {
    "charge": equals("json_extract(body, '$.charge')"),
    "payment_intent": equals("json_extract(body, '$.payment_intent')"),
}

OPERATIONS = (
    Operation("POST", "/v1/refunds", create, _REFUND),
    retrieving("/v1/refunds/<id>", "refund"),
    Operation("POST", "/v1/refunds/<id>", update, {"metadata": metadata}),
    Operation("POST", "/v1/refunds/<id>/cancel", cancel),
    listing("/v1/refunds", "refund", _FILTERS),
)
