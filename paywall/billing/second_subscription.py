"""What is done with a subscription that a reader bought although there was one: cancelled at once, money given back."""

from contextlib import suppress

from paywall.billing.fetching import Picture
from paywall.billing.snapshot import InvoiceSnapshot
from paywall.billing.stripe_errors import StripeNotFound
from paywall.billing.stripe_gateway import StripeGateway


def give_back(gateway: StripeGateway, picture: Picture) -> None:
    """Refund what was paid for the subscription, then cancel it; safe to repeat after a failure half-way.

    In this order: as long as it lives it is known for a second one, so nobody forgets the money.
    """
    for invoice in picture.invoices:
        if invoice.is_paid and invoice.paid_minor > (invoice.refunded_minor or 0):
            _refund(gateway, invoice)
    with suppress(StripeNotFound):  # it has ended already
        gateway.cancel_subscription(picture.subscription.stripe_id)


def _refund(gateway: StripeGateway, invoice: InvoiceSnapshot) -> None:
    if invoice.payment_id is None:
        return
    which = "charge" if invoice.payment_id.startswith("ch_") else "payment_intent"
    params = {which: invoice.payment_id, "reason": "duplicate"}
    gateway.create_refund(params, idempotency_key=f"second:{invoice.stripe_id}")
