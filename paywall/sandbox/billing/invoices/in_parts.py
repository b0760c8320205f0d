"""Paying an invoice in parts: payments that were made on their own and then count towards it."""

from paywall.sandbox.billing.debts import collecting
from paywall.sandbox.billing.invoices.finalizing import open_invoice, payment_of
from paywall.sandbox.state.errors import refused
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work


def attach(work: Work, params: Json) -> Json:
    """Let a payment that has succeeded count towards an open invoice; the payment it waits for is over the rest."""
    invoice = open_invoice(work, params["id"], "paid")
    intent = work.get("payment_intent", params["payment_intent"], "payment_intent")
    if intent["status"] != "succeeded" or intent["amount"] > invoice["amount_remaining"]:
        raise refused("Only a succeeded payment of at most the amount remaining can be attached.", "payment_intent")
    paid, rest = invoice["amount_paid"] + intent["amount"], invoice["amount_remaining"] - intent["amount"]
    _count(work, invoice, intent)
    _expect(work, invoice, rest)
    work.change(invoice, event="invoice.updated", amount_paid=paid, amount_remaining=rest)
    if not rest:
        collecting.mark_paid(work, invoice)
    return invoice


def _count(work: Work, invoice: Json, intent: Json) -> None:
    made = work.add(
        "invoice_payment",
        amount_requested=intent["amount"],
        currency=invoice["currency"],
        invoice=invoice["id"],
        is_default=False,
        payment={"payment_intent": intent["id"], "type": "payment_intent"},
    )
    moments = {**made["status_transitions"], "paid_at": work.now}
    paid = {"amount_paid": intent["amount"], "status": "paid", "status_transitions": moments}
    work.change(made, event="invoice_payment.paid", **paid)


def _expect(work: Work, invoice: Json, rest: int) -> None:
    """Let the payment that the invoice waits for be over the rest, or end it where there is none."""
    awaited = payment_of(work, invoice)
    if awaited is None:
        return
    intent = work.get("payment_intent", awaited["payment"]["payment_intent"])
    work.change(intent, **({"amount": rest} if rest else {"status": "canceled", "canceled_at": work.now}))
    work.change(awaited, **({"amount_requested": rest} if rest else {"status": "canceled"}))
