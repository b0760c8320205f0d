"""Payments, refunds and disputes of a life: what the accountant sums up."""

from collections.abc import Iterator
from datetime import timedelta

from paywall.demo.scale.books.subscriptions import Numbered
from paywall.demo.scale.lives.life import Charge
from paywall.demo.scale.writing import Values

_A_DAY = timedelta(days=1)


def payment_rows(one: Numbered) -> Iterator[Values]:
    """Yield what came in."""
    for invoice_id, charge in one.charges:
        if charge.paid_minor:
            payment_id = invoice_id.replace("in_", "pi_")
            named = {"stripe_id": payment_id, "payment_id": payment_id, "at": charge.starts_at}
            yield {**_common(one, invoice_id), **named, "amount_minor": charge.paid_minor}


def refund_rows(one: Numbered) -> Iterator[Values]:
    """Yield what went back."""
    for invoice_id, charge in one.charges:
        if charge.refunded_minor:
            named = {"stripe_id": invoice_id.replace("in_", "re_"), "at": charge.starts_at + _A_DAY}
            outcome = {"status": "succeeded", "reason": "requested_by_customer"}
            yield {**_common(one, invoice_id), **named, **outcome, "amount_minor": charge.refunded_minor}


def dispute_rows(one: Numbered) -> Iterator[Values]:
    """Yield what a bank was asked to take back."""
    for invoice_id, charge in one.charges:
        if charge.dispute:
            yield {**_common(one, invoice_id), **_dispute(one, invoice_id, charge)}


def _common(one: Numbered, invoice_id: str) -> dict[str, object]:
    return {"publisher_id": one.publisher_id, "invoice_id": invoice_id, "currency": one.life.offer.currency}


def _dispute(one: Numbered, invoice_id: str, charge: Charge) -> dict[str, object]:
    return {
        "stripe_id": invoice_id.replace("in_", "du_"),
        "reader_id": one.reader_id,
        "subscription_id": one.subscription_id,
        "status": charge.dispute,
        "reason": "fraudulent",
        "amount_minor": charge.paid_minor,
        "at": charge.starts_at + _A_DAY,
    }
