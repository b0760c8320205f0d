"""Answering a dispute, and how it ends: the words that Stripe's test mode knows decide it, or nobody answers."""

from collections.abc import Callable

from paywall.sandbox.payments import balance
from paywall.sandbox.payments.disputes.opening import ANSWER_SECONDS, CLOSED, withdraw
from paywall.sandbox.state.errors import refused
from paywall.sandbox.state.shapes import Json, shape
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.paging import equals
from paywall.sandbox.wire.params import Declared, flag, merged, metadata, shape_of, text
from paywall.sandbox.wire.routes import Operation, listing, retrieving

_FILES = {
    "cancellation_policy",
    "customer_communication",
    "customer_signature",
    "duplicate_charge_documentation",
    "receipt",
    "refund_policy",
    "service_documentation",
    "shipping_documentation",
    "uncategorized_file",
}
_TEXTS = sorted(set(shape("dispute")["evidence"]) - _FILES - {"enhanced_evidence"})
_EVIDENCE: Declared = {name: text(20_000, unset=True) for name in _TEXTS}
_UPDATE: Declared = {"evidence": shape_of(_EVIDENCE), "metadata": metadata, "submit": flag}


def update(work: Work, params: Json) -> Json:
    """Add evidence in words and, unless `submit` is false, hand it to the bank, which decides soon by those words."""
    dispute = _open(work, params["id"])
    changes: Json = {}
    if "metadata" in params:
        changes["metadata"] = merged(dispute["metadata"], params["metadata"])
    if "evidence" in params:
        changes["evidence"] = {**dispute["evidence"], **params["evidence"]}
    if "evidence" in params or "submit" in params:
        changes |= _submitted(dispute, is_submitted=params.get("submit", True))
    work.change(dispute, event="charge.dispute.updated", **changes)
    if dispute["status"] in _UNDER_REVIEW and dispute["evidence"]["uncategorized_text"] in _VERDICTS:
        work.store.set_due(dispute["id"], work.now)
    return dispute


def _open(work: Work, identifier: str) -> Json:
    dispute = work.get("dispute", identifier)
    if dispute["status"] in CLOSED:
        raise refused("This dispute is already closed")
    return dispute


_UNDER_REVIEW = {"under_review", "warning_under_review"}


def _submitted(dispute: Json, *, is_submitted: bool) -> Json:
    details = {**dispute["evidence_details"], "has_evidence": True}
    if not is_submitted:
        return {"evidence_details": details}
    details |= {"submission_count": details["submission_count"] + 1, "submission_method": "manual"}
    return {"evidence_details": details, "status": dispute["status"].replace("needs_response", "under_review")}


def close(work: Work, params: Json) -> Json:
    """Give a dispute up: a chargeback is lost, an inquiry is closed."""
    return _lose(work, _open(work, params["id"]))


def turn(work: Work, dispute: Json) -> None:
    """Let the bank decide what was handed to it; a chargeback that nobody answered in time is lost."""
    if dispute["status"] in _UNDER_REVIEW:
        verdict = _VERDICTS.get(dispute["evidence"]["uncategorized_text"])
        if verdict is not None:
            verdict(work, dispute)
        return
    work.change(dispute, evidence_details={**dispute["evidence_details"], "past_due": True})
    _lose(work, dispute)


def _win(work: Work, dispute: Json) -> Json:
    if dispute["status"].startswith("warning"):
        return _lose(work, dispute)
    words = f"Chargeback reversal for {dispute['charge']}"
    booked = balance.record(
        work,
        "adjustment",
        dispute["amount"],
        dispute["currency"],
        dispute["id"],
        category="dispute_reversal",
        words=words,
    )
    both = [*dispute["balance_transactions"], booked]
    work.change(dispute, status="won", balance_transactions=both, is_charge_refundable=True)
    work.store.set_due(dispute["id"], None)
    work.emit("charge.dispute.funds_reinstated", dispute)
    work.emit("charge.dispute.closed", dispute)
    return dispute


def _lose(work: Work, dispute: Json) -> Json:
    was_inquiry = dispute["status"].startswith("warning")
    work.change(dispute, status="warning_closed" if was_inquiry else "lost")
    work.store.set_due(dispute["id"], None)
    work.emit("charge.dispute.closed", dispute)
    return dispute


def _escalate(work: Work, dispute: Json) -> Json:
    """Turn an inquiry into a chargeback, which is to be answered anew."""
    if not dispute["status"].startswith("warning"):
        return dispute
    card = {**dispute["payment_method_details"]["card"], "case_type": "chargeback"}
    due_by = work.now + ANSWER_SECONDS
    work.change(
        dispute,
        event="charge.dispute.updated",
        status="needs_response",
        is_charge_refundable=False,
        evidence_details={**dispute["evidence_details"], "due_by": due_by, "has_evidence": False},
        payment_method_details={"card": card, "type": "card"},
    )
    work.store.set_due(dispute["id"], due_by)
    withdraw(work, dispute)
    return dispute


_VERDICTS: dict[str | None, Callable[[Work, Json], Json]] = {
    "winning_evidence": _win,
    "losing_evidence": _lose,
    "escalate_inquiry_evidence": _escalate,
}
_FILTERS = {
    "charge": equals("json_extract(body, '$.charge')"),
    "payment_intent": equals("json_extract(body, '$.payment_intent')"),
}

OPERATIONS = (
    retrieving("/v1/disputes/<id>", "dispute"),
    listing("/v1/disputes", "dispute", _FILTERS),
    Operation("POST", "/v1/disputes/<id>", update, _UPDATE),
    Operation("POST", "/v1/disputes/<id>/close", close),
)
