"""Collecting: what is due on an invoice is taken, tried again, or given up, and its subscription follows."""

from paywall.sandbox.billing.debts import dunning, following
from paywall.sandbox.billing.invoices.finalizing import finalize, payment_of
from paywall.sandbox.payments import payment_methods, payments
from paywall.sandbox.state.errors import card_error, refused
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work

_NEEDS_ACTION = (
    "This payment requires additional user action before it can be completed successfully. "
    "Payment can be completed using the PaymentIntent associated with the invoice."
)


def charge(work: Work, invoice: Json) -> Json | None:
    """Finalise a draft and take what is due by the usual method; returns the payment intent, None if nothing was due.

    An invoice that is sent is only sent: it waits for somebody to pay it.
    """
    finalize(work, invoice)
    if invoice["collection_method"] == "send_invoice" and invoice["amount_due"]:
        send(work, invoice)
        return None
    return collect(work, invoice, usual_method(work, invoice))


def send(work: Work, invoice: Json) -> Json:
    """Send an open invoice to its customer; it is overdue when its day has come."""
    work.emit("invoice.sent", invoice)
    work.store.set_due(invoice["id"], invoice["due_date"])
    return invoice


def usual_method(work: Work, invoice: Json) -> Json | None:
    """Return the method an invoice is taken from when none is named: the subscription's, else the customer's."""
    return payment_methods.default_for(work, invoice["customer"], following.subscription_of(work, invoice))


def collect(work: Work, invoice: Json, method: Json | None, *, off_session: bool | None = None) -> Json | None:
    """Try to take what is due, and settle; returns the payment intent, None if nothing was due.

    `off_session` says that the payer is not there; None: so it is exactly when this falls due by itself.
    """
    payment = payment_of(work, invoice)
    if payment is None:
        mark_paid(work, invoice)
        return None
    intent = work.get("payment_intent", payment["payment"]["payment_intent"])
    if method is not None:
        intent = payments.attempt(work, intent, method, off_session=off_session)
    settle(work, invoice, intent)
    return intent


def settle(work: Work, invoice: Json, intent: Json) -> None:
    """Carry the outcome of the payment intent over to the invoice and its subscription."""
    if intent["status"] == "succeeded":
        mark_paid(work, invoice)
    elif intent["status"] == "processing":
        _mark_underway(work, invoice)
    else:
        _mark_failed(work, invoice, needs_action=intent["status"] == "requires_action")


def mark_paid(work: Work, invoice: Json) -> None:
    """Close the invoice as paid; a subscription that waited for it is active."""
    work.store.set_due(invoice["id"], None)
    payment = payment_of(work, invoice)
    if payment and payment["status"] != "canceled":
        moments = {**payment["status_transitions"], "paid_at": work.now}
        paid = {"status": "paid", "amount_paid": invoice["amount_remaining"], "status_transitions": moments}
        work.change(payment, event="invoice_payment.paid", **paid)
    work.change(
        invoice,
        status="paid",
        amount_paid=invoice["amount_due"],
        amount_remaining=0,
        attempted=True,
        attempt_count=invoice["attempt_count"] + (1 if payment else 0),
        auto_advance=False,
        next_payment_attempt=None,
        status_transitions={**invoice["status_transitions"], "paid_at": work.now},
    )
    following.paid(work, invoice)
    work.emit("invoice.paid", invoice)
    work.emit("invoice.payment_succeeded", invoice)


def _mark_underway(work: Work, invoice: Json) -> None:
    """Wait for a method that takes days, as SEPA debit does: the subscription is active meanwhile.

    The attempt is counted when the bank's answer is there.
    """
    work.store.set_due(invoice["id"], None)
    work.change(invoice, attempted=True, next_payment_attempt=None)
    following.underway(work, invoice)


def _mark_failed(work: Work, invoice: Json, *, needs_action: bool) -> None:
    attempts = invoice["attempt_count"] + 1
    retried = following.is_retried(work, invoice)
    again_at = dunning.next_attempt(attempts, work.now) if retried else None
    work.store.set_due(invoice["id"], again_at)
    work.change(
        invoice,
        attempted=True,
        attempt_count=attempts,
        next_payment_attempt=again_at,
        auto_advance=again_at is not None,
    )
    if retried:
        following.failed(work, invoice)
    if not (needs_action and invoice["billing_reason"] == "subscription_create"):
        work.emit("invoice.payment_failed", invoice)
    if needs_action:
        work.emit("invoice.payment_action_required", invoice)


def is_underway(work: Work, invoice: Json) -> bool:
    """Return whether a payment that takes days is on its way for the invoice."""
    payment = payment_of(work, invoice)
    intent = payment and work.store.get("payment_intent", payment["payment"]["payment_intent"])
    return bool(intent and intent["status"] == "processing")


def stop(work: Work, subscription_id: str) -> None:
    """Leave a cancelled subscription's unpaid invoices as they are: nothing more is taken for them."""
    for invoice in work.store.select("invoice", "subscription = ?", [subscription_id]):
        if invoice["status"] in {"draft", "open"}:
            work.store.set_due(invoice["id"], None)
            work.change(invoice, event="invoice.updated", auto_advance=False, next_payment_attempt=None)


def pay(work: Work, params: Json) -> Json:
    """Try to pay an open invoice now, with the method given or the usual one."""
    invoice = work.get("invoice", params["id"])
    if invoice["status"] == "paid":
        raise refused("Invoice is already paid", code="invoice_already_paid")
    if invoice["status"] == "void":
        raise refused("This invoice can no longer be paid because it has been voided.", code="invoice_not_editable")
    if invoice["status"] == "draft":
        finalize(work, invoice)
    if params.get("paid_out_of_band"):
        mark_paid(work, invoice)
        return invoice
    method = _method_to_pay(work, invoice, params.get("payment_method"))
    intent = collect(work, invoice, method, off_session=params.get("off_session", True))
    if intent and intent["status"] == "requires_payment_method":
        raise payments.declined(intent)
    if intent and intent["status"] == "requires_action":
        raise card_error(_NEEDS_ACTION, "invoice_payment_intent_requires_action", None)
    return invoice


def _method_to_pay(work: Work, invoice: Json, chosen: str | None) -> Json | None:
    if chosen:
        return work.get("payment_method", chosen, "payment_method")
    usual = usual_method(work, invoice)
    if usual is None and invoice["amount_due"]:
        raise refused("There is no default payment method set on this Customer or Invoice.", code="missing")
    return usual


def confirm(work: Work, params: Json) -> Json:
    """Confirm a payment intent: try the method given, or the one it has, and settle its invoice."""
    intent = work.get("payment_intent", params["id"])
    if intent["status"] in {"succeeded", "canceled"}:
        raise refused(
            f"This PaymentIntent's status is {intent['status']}; it cannot be confirmed again.",
            code="payment_intent_unexpected_state",
        )
    chosen = params.get("payment_method") or intent["payment_method"]
    if not chosen:
        raise refused("You cannot confirm this PaymentIntent because it's missing a payment method.", "payment_method")
    intent = payments.attempt(work, intent, work.get("payment_method", chosen, "payment_method"))
    settle_invoice_of(work, intent)
    if intent["status"] == "requires_payment_method":
        raise payments.declined(intent)
    return intent


def settle_invoice_of(work: Work, intent: Json) -> None:
    """Carry the outcome over to the invoice that expects this intent, if one does."""
    wanted = "json_extract(body, '$.payment.payment_intent') = ?"
    for payment in work.store.select("invoice_payment", wanted, [intent["id"]]):
        settle(work, work.get("invoice", payment["invoice"]), intent)
