"""How a dispute begins: a chargeback takes the money at once, an inquiry only asks."""

from paywall.sandbox.payments import balance
from paywall.sandbox.state.errors import refused
from paywall.sandbox.state.ids import new_id
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work

FEE = 1500
ANSWER_SECONDS = 21 * 86_400
INQUIRY_SECONDS = 120 * 86_400
CLOSED = {"lost", "prevented", "warning_closed", "won"}
REASONS = (
    "bank_cannot_process",
    "check_returned",
    "credit_not_processed",
    "customer_initiated",
    "debit_not_authorized",
    "duplicate",
    "fraudulent",
    "general",
    "incorrect_account_details",
    "insufficient_funds",
    "noncompliant",
    "product_not_received",
    "product_unacceptable",
    "subscription_canceled",
    "unrecognized",
)
_NETWORK_CODES = {"fraudulent": "10.4", "product_not_received": "13.1", "subscription_canceled": "13.2"}


def turn(work: Work, charge: Json) -> None:
    """Open the dispute that the charge's card stands for."""
    inquiry = work.store.private(charge["id"])["afterwards"] == "inquiry"
    open_dispute(work, charge, inquiry=inquiry)


def open_dispute(
    work: Work, charge: Json, *, reason: str = "fraudulent", amount: int | None = None, inquiry: bool = False
) -> Json:
    """Let the payer's bank dispute a charge, in whole unless an amount in minor units is given.

    An inquiry moves no money and lets refunds through. Raises ApiError for a charge that brought nothing in, for one
    that is in dispute already, and for a reason that Stripe does not know.
    """
    _check(work, charge, reason)
    dispute = _add(work, charge, reason, amount or charge["amount"], inquiry=inquiry)
    work.change(charge, disputed=True)
    work.emit("charge.dispute.created", dispute)
    if not inquiry:
        withdraw(work, dispute)
    return dispute


def _check(work: Work, charge: Json, reason: str) -> None:
    if charge["status"] != "succeeded":
        raise refused(f"Charge {charge['id']} cannot be disputed because it has not succeeded.", "charge")
    if any(one["status"] not in CLOSED for one in of_charge(work, charge["id"])):
        raise refused(f"Charge {charge['id']} is in dispute already.", "charge")
    if reason not in REASONS:
        raise refused(f"Invalid reason: must be one of {', '.join(REASONS)}", "reason")


def _add(work: Work, charge: Json, reason: str, amount: int, *, inquiry: bool) -> Json:
    due_by = work.now + (INQUIRY_SECONDS if inquiry else ANSWER_SECONDS)
    return work.add(
        "dispute",
        identifier=new_id("dispute"),
        due_at=due_by,
        amount=amount,
        charge=charge["id"],
        currency=charge["currency"],
        evidence_details={**_UNANSWERED, "due_by": due_by},
        is_charge_refundable=inquiry,
        payment_intent=charge["payment_intent"],
        reason=reason,
        status="warning_needs_response" if inquiry else "needs_response",
        **_of_method(charge, reason, "inquiry" if inquiry else "chargeback"),
    )


_UNANSWERED: Json = {
    "enhanced_eligibility": {},
    "has_evidence": False,
    "past_due": False,
    "submission_count": 0,
    "submission_method": "not_submitted",
}


def _of_method(charge: Json, reason: str, case: str) -> Json:
    """Return what only disputes about a card tell; those about a debit leave it out."""
    details = charge["payment_method_details"]
    if details["type"] != "card":
        return {}
    brand = details["card"]["brand"]
    card = {"brand": brand, "case_type": case, "network": brand, "network_reason_code": _NETWORK_CODES.get(reason)}
    return {"payment_method_details": {"card": card, "type": "card"}}


def withdraw(work: Work, dispute: Json) -> None:
    """Take the disputed amount and the fee from the account."""
    words = f"Chargeback withdrawal for {dispute['charge']}"
    booked = balance.record(
        work,
        "adjustment",
        -dispute["amount"],
        dispute["currency"],
        dispute["id"],
        fee=FEE,
        category="dispute",
        words=words,
    )
    work.change(dispute, balance_transactions=[*dispute["balance_transactions"], booked])
    work.emit("charge.dispute.funds_withdrawn", dispute)


def of_charge(work: Work, charge: str) -> list[Json]:
    """Return the disputes about a charge, the newest first."""
    return work.store.select("dispute", "json_extract(body, '$.charge') = ?", [charge])


def forbids_refund(work: Work, charge: str) -> bool:
    """Return whether a charge cannot be refunded because its money was taken back, or is being."""
    return any(not one["is_charge_refundable"] for one in of_charge(work, charge))
