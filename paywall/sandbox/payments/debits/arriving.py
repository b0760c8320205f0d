"""A debit arrives, or comes back: intent, charge, invoice, subscription and checkout session learn of it."""

from paywall.sandbox.billing.debts import collecting, overdue
from paywall.sandbox.payments import charges, payments
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work

_FAILED = "The debit could not be processed by the payer's bank."


def turn(work: Work, intent: Json) -> None:
    """Let the bank's answer arrive on a payment intent that is `processing`."""
    if intent["status"] != "processing":
        return
    charge = work.get("charge", intent["latest_charge"])
    method = work.get("payment_method", charge["payment_method"])
    outcome = work.store.private(method["id"])["debit"]
    if outcome == "fails":
        _come_back(work, intent, charge, method)
    else:
        _arrive(work, intent, charge, outcome)
    collecting.settle_invoice_of(work, intent)
    for invoice in _invoices(work, intent):
        overdue.give_up_after_last_try(work, invoice)
        _tell_session(work, invoice, intent)


def _arrive(work: Work, intent: Json, charge: Json, outcome: str) -> None:
    receipt = f"{work.base_url}/receipts/{charge['id']}"
    charges.book(work, work.change(charge, status="succeeded", paid=True, receipt_url=receipt))
    charges.remember(work, charge, "dispute" if outcome == "disputed" else None)
    work.emit("charge.succeeded", charge)
    payments.succeed(work, intent, charge)


def _come_back(work: Work, intent: Json, charge: Json, method: Json) -> None:
    failed = {"failure_code": "generic_could_not_process", "failure_message": _FAILED}
    work.change(charge, event="charge.failed", status="failed", **failed)
    error = {"charge": charge["id"], "code": "payment_intent_payment_attempt_failed", "message": _FAILED}
    payments.fail(work, intent, method, error)


def _invoices(work: Work, intent: Json) -> list[Json]:
    wanted = "json_extract(body, '$.payment.payment_intent') = ?"
    found = work.store.select("invoice_payment", wanted, [intent["id"]])
    return [work.get("invoice", payment["invoice"]) for payment in found]


def _tell_session(work: Work, invoice: Json, intent: Json) -> None:
    """Tell how the payment of a checkout ended that was completed unpaid."""
    waiting = "json_extract(body, '$.invoice') = ? AND json_extract(body, '$.payment_status') = 'unpaid'"
    for session in work.store.select("checkout.session", waiting, [invoice["id"]]):
        if intent["status"] == "succeeded":
            work.change(session, payment_status="paid")
            work.emit("checkout.session.async_payment_succeeded", session)
        else:
            work.emit("checkout.session.async_payment_failed", session)
