"""A debit begins: the bank is asked, and answers in some days."""

from paywall.sandbox.payments import charges
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work

ARRIVES_AFTER_SECONDS = 5 * 86_400


def begin(work: Work, intent: Json, method: Json) -> Json:
    """Ask the bank for euros; the intent is `processing` until it answers, five days later as is usual."""
    charge = charges.add(work, intent, method, status="pending", paid=False, receipt_url=None)
    work.emit("charge.pending", charge)
    work.store.set_due(intent["id"], work.now + ARRIVES_AFTER_SECONDS)
    return work.change(
        intent,
        event="payment_intent.processing",
        status="processing",
        latest_charge=charge["id"],
        payment_method=method["id"],
        payment_method_types=["card", "sepa_debit"],
        next_action=None,
        last_payment_error=None,
    )
