"""What is done with a subscription that a reader bought although there was one: cancelled at once, money given back."""

from contextlib import suppress

from paywall.billing.snapshots.fields import id_of
from paywall.billing.snapshots.invoice import payment_named
from paywall.billing.stripe_errors import StripeNotFound, StripeRefused
from paywall.billing.stripe_gateway import StripeGateway
from paywall.billing.syncing.fetching import Picture


def give_back(gateway: StripeGateway, picture: Picture) -> None:
    """Refund what was paid for the subscription, then cancel it; safe to repeat after a failure half-way.

    In this order: as long as it lives it is known for a second one, so nobody forgets the money.
    """
    for invoice in picture.invoices:
        if invoice.is_paid and invoice.paid_minor > (invoice.refunded_minor or 0):
            for payment in sorted(invoice.payment_ids):
                _refund(gateway, picture.subscription.customer_id, payment)
    with suppress(StripeNotFound):  # it has ended already
        gateway.cancel_subscription(picture.subscription.stripe_id)


def _refund(gateway: StripeGateway, customer: str, payment_id: str) -> None:
    params = {**payment_named(payment_id), "reason": "duplicate"}
    try:
        gateway.create_refund(params, idempotency_key=f"second:{payment_id}")
    except StripeRefused:  # somebody else was quicker, or Stripe has forgotten the key of an earlier attempt
        if not _is_refunded(gateway, customer, payment_id):
            raise


def _is_refunded(gateway: StripeGateway, customer: str, payment_id: str) -> bool:
    paid_by = [one for one in gateway.list_charges(customer) if payment_id in (one["id"], id_of(one["payment_intent"]))]
    return any(one["refunded"] for one in paid_by)
