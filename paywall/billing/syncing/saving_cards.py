"""Whoever pays what is owed with another card, on Stripe's page for the invoice, is charged on that card from then on.

Stripe keeps it for the subscription only where the subscription says so, and one that Checkout made does not: the next
renewal would fail on the old card again. So it is told to, once a payment has failed.
"""

from paywall.billing.stripe_calls.subscribing import Subscribing
from paywall.billing.subscriptions.status import Status
from paywall.billing.syncing.fetching import Picture

_SAVE = {"payment_settings": {"save_default_payment_method": "on_subscription"}}


def must_be_saved(picture: Picture) -> bool:
    """Tell whether a payment has failed and another card would be forgotten after it."""
    return picture.subscription.status == Status.PAST_DUE and not picture.subscription.saves_new_card


def save_new_card(gateway: Subscribing, picture: Picture) -> None:
    """Have Stripe keep the card that the open invoice is paid with; safe to repeat."""
    stripe_id = picture.subscription.stripe_id
    gateway.update_subscription(stripe_id, _SAVE, idempotency_key=f"save-card:{stripe_id}")
