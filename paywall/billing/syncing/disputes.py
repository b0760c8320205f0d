"""What is done at Stripe because of a dispute: no renewals while it is open, an end if it is lost, all back if won.

Only a pause that we made for a dispute is ended by us: what a reader or a person at the dashboard paused stays so.
"""

from contextlib import suppress
from typing import Any

from paywall.billing.snapshots.subscription import PAUSE_MARK
from paywall.billing.stripe_calls.subscribing import Subscribing
from paywall.billing.stripe_errors import StripeNotFound
from paywall.billing.subscriptions.status import DISPUTED, LOST, is_live
from paywall.billing.syncing.fetching import Picture

DISPUTE = "dispute"
_PAUSE = {"pause_collection": {"behavior": "void"}, "metadata": {PAUSE_MARK: DISPUTE}}
_GO_ON: dict[str, Any] = {"pause_collection": "", "metadata": {PAUSE_MARK: ""}}


def needs_answer(picture: Picture) -> bool:
    """Tell whether a dispute asks for something that is not done at Stripe yet."""
    found = picture.subscription
    if not picture.knows_money_back or not is_live(found.status):
        return False
    words = {one.status for one in picture.disputes}
    if LOST in words:
        return True
    return bool(words & DISPUTED) != (found.pause_is_for == DISPUTE) and not _is_paused_otherwise(picture)


def answer(gateway: Subscribing, picture: Picture) -> None:
    """Do it; safe to repeat after a failure half-way."""
    found = picture.subscription
    words = {one.status for one in picture.disputes}
    if LOST in words:
        with suppress(StripeNotFound):  # it has ended already
            gateway.cancel_subscription(found.stripe_id)
        return
    change = _PAUSE if words & DISPUTED else _GO_ON
    gateway.update_subscription(found.stripe_id, change, idempotency_key=_key(picture))


def _is_paused_otherwise(picture: Picture) -> bool:
    found = picture.subscription
    return found.collection_is_paused and found.pause_is_for != DISPUTE


def _key(picture: Picture) -> str:
    """Return a key that is the same for every try of one answer, and another for every turn of the dispute."""
    turns = "+".join(sorted(f"{one.stripe_id}={one.status}" for one in picture.disputes))
    return f"dispute:{picture.subscription.stripe_id}:{turns}"[:255]
