"""Finding the subscriptions behind events that name none: by the payment they are about, or by the customer."""

from collections.abc import Sequence

from paywall.billing.checkout.customers import look_whether_deleted
from paywall.billing.ledger.reading import subscription_paid_by
from paywall.billing.parts import Billing
from paywall.billing.stripe_errors import StripeNotFound
from paywall.billing.subscriptions.tables import subscriptions_of_customer
from paywall.billing.webhooks.inbox import Noted
from paywall.billing.webhooks.incoming import CUSTOMER_DELETED


def subscriptions_behind(billing: Billing, subject: str, events: Sequence[Noted]) -> list[str]:
    """Return the Stripe ids of the subscriptions to sync because of events about a customer, charge or payment.

    Notes a customer that was deleted at Stripe on the way. Raises the situations of `stripe_errors`.
    """
    if subject.startswith("cus_"):
        return _of_customer(billing, subject, events)
    with billing.database.reading() as session:
        known = subscription_paid_by(session, subject)
    return [known] if known else _of_stranger(billing, subject)


def _of_customer(billing: Billing, customer: str, events: Sequence[Noted]) -> list[str]:
    if any(event.type == CUSTOMER_DELETED for event in events):
        look_whether_deleted(billing, customer)
    with billing.database.reading() as session:
        known = subscriptions_of_customer(session, customer)
    return known or (_listed(billing, customer) if any(event.is_about_money_back for event in events) else [])


def _of_stranger(billing: Billing, payment: str) -> list[str]:
    """Ask whose payment it is that no invoice of ours names."""
    try:
        customer = billing.gateway.customer_of_payment(payment)
    except StripeNotFound:
        return []
    return _listed(billing, customer) if customer else []


def _listed(billing: Billing, customer: str) -> list[str]:
    try:
        return [found["id"] for found in billing.gateway.list_subscriptions(customer)]
    except StripeNotFound:
        return []
