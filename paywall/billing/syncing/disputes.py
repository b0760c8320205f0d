"""What is done at Stripe because of a dispute: no renewals while it is open, an end if it is lost, all back if won.

Only a pause that we made for a dispute is ended by us: what a reader or a person at the dashboard paused stays so.
Whoever won after a renewal was left out has nothing paid for: the pause becomes the reader's own, who can end it for a
payment at once, and it ends by itself before the next renewal. Nobody is charged by surprise, and nobody is shut out.
"""

from contextlib import suppress
from datetime import datetime
from typing import Any

from paywall import clock
from paywall.billing.changing.rules import before_renewal
from paywall.billing.snapshots.subscription import PAUSE_MARK, READER
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
    change = _PAUSE if words & DISPUTED else _going_on(picture, clock.now())
    gateway.update_subscription(found.stripe_id, change, idempotency_key=_key(picture))


def _going_on(picture: Picture, now: datetime) -> dict[str, Any]:
    """Return how renewals begin again: at once, or before the next one where the present period is not paid for."""
    renewal_at = picture.subscription.period_end_at
    if renewal_at is None or before_renewal(renewal_at) <= now or _is_paid_until(renewal_at, picture):
        return _GO_ON
    resumes_at = int(before_renewal(renewal_at).timestamp())
    return {"pause_collection": {"behavior": "void", "resumes_at": resumes_at}, "metadata": {PAUSE_MARK: READER}}


def _is_paid_until(end: datetime, picture: Picture) -> bool:
    return any(one.is_paid and one.period_end_at and one.period_end_at >= end for one in picture.invoices)


def _is_paused_otherwise(picture: Picture) -> bool:
    found = picture.subscription
    return found.collection_is_paused and found.pause_is_for != DISPUTE


def _key(picture: Picture) -> str:
    """Return a key that is the same for every try of one answer, and another for every turn of the dispute."""
    turns = "+".join(sorted(f"{one.stripe_id}={one.status}" for one in picture.disputes))
    return f"dispute:{picture.subscription.stripe_id}:{turns}"[:255]
