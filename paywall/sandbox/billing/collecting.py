"""Collecting: what is due on an invoice is taken, tried again, or given up, and its subscription follows."""

from paywall.sandbox.billing.invoices import finalize, payment_of, void
from paywall.sandbox.payments import payment_methods, payments
from paywall.sandbox.state.errors import card_error, refused
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.params import flag, text
from paywall.sandbox.wire.routes import Operation

RETRY_AFTER_SECONDS = (3 * 86_400, 5 * 86_400, 7 * 86_400)
_NEEDS_ACTION = (
    "This payment requires additional user action before it can be completed successfully. "
    "Payment can be completed using the PaymentIntent associated with the invoice."
)
_LIVE_AGAIN = {"incomplete", "past_due", "unpaid"}


def collect(work: Work, invoice: Json, method: Json | None) -> Json | None:
    """Try to take what is due, and settle; returns the payment intent, None if nothing was due."""
    payment = payment_of(work, invoice)
    if payment is None:
        mark_paid(work, invoice)
        return None
    intent = work.get("payment_intent", payment["payment"]["payment_intent"])
    if method is not None:
        intent = payments.attempt(work, intent, method)
    settle(work, invoice, intent)
    return intent


def settle(work: Work, invoice: Json, intent: Json) -> None:
    """Carry the outcome of the payment intent over to the invoice and its subscription."""
    if intent["status"] == "succeeded":
        mark_paid(work, invoice)
    else:
        _mark_failed(work, invoice, needs_action=intent["status"] == "requires_action")


def mark_paid(work: Work, invoice: Json) -> None:
    """Close the invoice as paid; a subscription that waited for it is active."""
    work.store.set_due(invoice["id"], None)
    if payment := payment_of(work, invoice):
        moments = {**payment["status_transitions"], "paid_at": work.now}
        paid = {"status": "paid", "amount_paid": invoice["amount_due"], "status_transitions": moments}
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
    _set_status(work, invoice, _LIVE_AGAIN, "active")
    work.emit("invoice.paid", invoice)
    work.emit("invoice.payment_succeeded", invoice)


def _mark_failed(work: Work, invoice: Json, *, needs_action: bool) -> None:
    attempts = invoice["attempt_count"] + 1
    first_of_all = invoice["billing_reason"] == "subscription_create"
    waits = RETRY_AFTER_SECONDS[attempts - 1 : attempts]
    again_at = work.now + waits[0] if waits and not first_of_all else None
    work.store.set_due(invoice["id"], again_at)
    work.change(
        invoice,
        attempted=True,
        attempt_count=attempts,
        next_payment_attempt=again_at,
        auto_advance=again_at is not None,
    )
    _set_status(work, invoice, {"active"}, "past_due")
    if not (needs_action and first_of_all):
        work.emit("invoice.payment_failed", invoice)
    if needs_action:
        work.emit("invoice.payment_action_required", invoice)


def _set_status(work: Work, invoice: Json, among: set[str], status: str) -> None:
    subscription = subscription_of(work, invoice)
    if subscription["status"] in among and subscription["latest_invoice"] == invoice["id"]:
        work.change(subscription, event="customer.subscription.updated", status=status)
        if status == "active":
            work.store.set_due(subscription["id"], next_turn(subscription))


def next_turn(subscription: Json) -> int:
    """Return when a live subscription next changes by itself: its renewal, or its end if that comes first."""
    renewal: int = min(item["current_period_end"] for item in subscription["items"]["data"])
    ends_at: int = subscription["cancel_at"] or renewal
    return min(renewal, ends_at)


def subscription_of(work: Work, invoice: Json) -> Json:
    """Return the subscription the invoice belongs to."""
    return work.get("subscription", invoice["parent"]["subscription_details"]["subscription"])


def stop_collecting(work: Work, subscription_id: str) -> None:
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
    if invoice["status"] not in {"draft", "open"}:
        raise refused("This invoice can no longer be paid because it has been voided.", code="invoice_not_editable")
    if invoice["status"] == "draft":
        finalize(work, invoice)
    if params.get("paid_out_of_band"):
        mark_paid(work, invoice)
        return invoice
    intent = collect(work, invoice, _method_to_pay(work, invoice, params.get("payment_method")))
    if intent and intent["status"] == "requires_payment_method":
        raise payments.declined(intent)
    if intent and intent["status"] == "requires_action":
        raise card_error(_NEEDS_ACTION, "invoice_payment_intent_requires_action", None)
    return invoice


def _method_to_pay(work: Work, invoice: Json, chosen: str | None) -> Json:
    if chosen:
        return work.get("payment_method", chosen, "payment_method")
    usual = payment_methods.default_for(work, invoice["customer"], subscription_of(work, invoice))
    if usual is None:
        raise refused("There is no default payment method set on this Customer or Invoice.", code="missing")
    return usual


def void_open(work: Work, params: Json) -> Json:
    """Void an invoice that is open."""
    invoice = work.get("invoice", params["id"])
    if invoice["status"] != "open":
        raise refused(f"This invoice cannot be voided because it is {invoice['status']}.", code="invoice_not_editable")
    return void(work, invoice)


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


OPERATIONS = (
    Operation(
        "POST",
        "/v1/invoices/<id>/pay",
        pay,
        {"payment_method": text(), "paid_out_of_band": flag, "off_session": flag, "forgive": flag},
    ),
    Operation("POST", "/v1/invoices/<id>/void", void_open),
    Operation(
        "POST",
        "/v1/payment_intents/<id>/confirm",
        confirm,
        {"payment_method": text(), "return_url": text(), "off_session": flag},
    ),
)
