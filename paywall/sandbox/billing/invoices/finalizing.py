"""Finalising: a draft gets its number and is opened; opened, it may be voided or given up as uncollectible."""

from paywall.sandbox.billing.invoices.amounts import owed
from paywall.sandbox.payments import payments
from paywall.sandbox.state.errors import refused
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work

_DESCRIPTIONS = {
    "subscription_create": "Subscription creation",
    "subscription_cycle": "Subscription update",
    "subscription_update": "Subscription update",
}
_DAY = 86_400


def finalize(work: Work, invoice: Json, intent: Json | None = None, *, expects_payment: bool = True) -> Json:
    """Give the invoice its number and open it, settle the customer's balance, and expect the payment of the rest.

    An intent given is the one that pays; else one is made. Nothing is expected of an invoice that is closed at once.
    """
    work.store.set_due(invoice["id"], None)
    work.change(
        invoice,
        event="invoice.finalized",
        status="open",
        automatically_finalizes_at=None,
        due_date=_due_date(work, invoice),
        effective_at=work.now,
        hosted_invoice_url=f"{work.base_url}/invoice/{invoice['id']}",
        invoice_pdf=f"{work.base_url}/invoice/{invoice['id']}/pdf",
        status_transitions={**invoice["status_transitions"], "finalized_at": work.now},
        **_number_and_balance(work, invoice),
    )
    if invoice["amount_due"] and expects_payment:
        _expect_payment(work, invoice, intent or _intent_for(work, invoice))
    return invoice


def _number_and_balance(work: Work, invoice: Json) -> Json:
    """Take the customer's next number, and from the balance what it covers; return what the invoice says of both."""
    customer = work.get("customer", invoice["customer"])
    sequence, before = customer["next_invoice_sequence"], customer["balance"]
    due, after = owed(invoice["total"], before)
    work.change(customer, next_invoice_sequence=sequence + 1)
    work.change(customer, event="customer.updated", balance=after)
    number = f"{customer['invoice_prefix']}-{sequence:04d}"
    balances = {"starting_balance": before, "ending_balance": after}
    return {"number": number, "amount_due": due, "amount_remaining": due, **balances}


def _due_date(work: Work, invoice: Json) -> int | None:
    if invoice["collection_method"] != "send_invoice":
        return None
    days = work.store.private(invoice["id"]).get("days_until_due")
    return invoice["due_date"] or work.now + (days or 0) * _DAY


def _intent_for(work: Work, invoice: Json) -> Json:
    described = _DESCRIPTIONS.get(invoice["billing_reason"], "Payment for Invoice")
    return payments.new_intent(work, invoice["customer"], invoice["amount_due"], invoice["currency"], described)


def _expect_payment(work: Work, invoice: Json, intent: Json) -> None:
    payment = {"payment_intent": intent["id"], "type": "payment_intent"}
    work.add(
        "invoice_payment",
        amount_requested=invoice["amount_due"],
        currency=invoice["currency"],
        invoice=invoice["id"],
        payment=payment,
    )


def payment_of(work: Work, invoice: Json) -> Json | None:
    """Return the record of the payment that the invoice itself expects, None for an invoice over nothing."""
    found = work.store.select("invoice_payment", "json_extract(body, '$.invoice') = ?", [invoice["id"]])
    return next((one for one in found if one["is_default"]), None)


def void(work: Work, invoice: Json) -> Json:
    """Close an open invoice unpaid, for good; what it took from the customer's balance is given back."""
    _give_balance_back(work, invoice)
    _stop_expecting(work, invoice)
    return _close(work, invoice, "void", "voided_at", "invoice.voided")


def mark_uncollectible(work: Work, invoice: Json) -> Json:
    """Give an open invoice up as a bad debt; it may still be paid."""
    return _close(work, invoice, "uncollectible", "marked_uncollectible_at", "invoice.marked_uncollectible")


def _close(work: Work, invoice: Json, status: str, moment: str, event: str) -> Json:
    work.store.set_due(invoice["id"], None)
    moments = {**invoice["status_transitions"], moment: work.now}
    closed = {"status": status, "auto_advance": False, "next_payment_attempt": None}
    return work.change(invoice, event=event, **closed, status_transitions=moments)


def _give_balance_back(work: Work, invoice: Json) -> None:
    taken = (invoice["ending_balance"] or 0) - invoice["starting_balance"]
    customer = work.store.get("customer", invoice["customer"])
    if taken and customer and not customer.get("deleted"):
        work.change(customer, event="customer.updated", balance=customer["balance"] - taken)


def _stop_expecting(work: Work, invoice: Json) -> None:
    payment = payment_of(work, invoice)
    if payment is None or payment["status"] != "open":
        return
    intent = work.get("payment_intent", payment["payment"]["payment_intent"])
    if intent["status"] not in {"succeeded", "canceled"}:
        ended = {"status": "canceled", "canceled_at": work.now, "cancellation_reason": "void_invoice"}
        work.change(intent, event="payment_intent.canceled", **ended, next_action=None)
    moments = {**payment["status_transitions"], "canceled_at": work.now}
    work.change(payment, status="canceled", status_transitions=moments)


def open_invoice(work: Work, identifier: str, deed: str) -> Json:
    """Return an invoice that is open; raises for one to which the deed (`voided`, …) cannot be done any more."""
    invoice = work.get("invoice", identifier)
    if invoice["status"] not in {"open", "uncollectible"}:
        raise refused(f"This invoice cannot be {deed} because it is {invoice['status']}.", code="invoice_not_editable")
    return invoice
