"""What a reader can do with a subscription: cancel at the period's end, resume, go to Stripe's billing portal.

Each asks Stripe, then syncs at once, so that the next page already tells the new truth.
"""

import secrets
from typing import Any

from paywall.billing.checkout.tables import customer_of
from paywall.billing.parts import Billing
from paywall.billing.subscriptions.reading import current_subscription
from paywall.billing.subscriptions.status import ENDED, Status
from paywall.billing.subscriptions.tables import Subscription
from paywall.billing.syncing.sync import Synced, sync_subscription
from paywall.errors import NotFound, PaywallError


class NothingToCancel(PaywallError):
    """There is no subscription that could be cancelled."""

    status = 409
    code = "nothing_to_cancel"


class NothingToResume(PaywallError):
    """There is no cancelled subscription that could be resumed; you can subscribe anew."""

    status = 409
    code = "nothing_to_resume"


def cancel_at_period_end(billing: Billing, reader_id: int) -> Synced:
    """Let a reader's subscription end with what is paid for; one that is not paid yet ends at once.

    Cancelling twice changes nothing. Raises NothingToCancel, and the situations of `stripe_errors`.
    """
    row = _current(billing, reader_id)
    if row is None or row.status in ENDED:
        raise NothingToCancel
    if row.cancels_at is None:
        _cancel(billing, row)
    return sync_subscription(billing, row.stripe_id)


def resume(billing: Billing, reader_id: int) -> Synced:
    """Take a scheduled cancellation back. Raises NothingToResume, and the situations of `stripe_errors`."""
    row = _current(billing, reader_id)
    if row is None or row.status in ENDED:
        raise NothingToResume
    synced = sync_subscription(billing, row.stripe_id)
    row = _current(billing, reader_id)
    if row is None or row.status in ENDED:
        raise NothingToResume
    if row.cancels_at is not None:
        _resume(billing, row)
        synced = sync_subscription(billing, row.stripe_id)
    return synced


def portal_address(billing: Billing, reader_id: int, return_url: str) -> str:
    """Return the address of Stripe's billing portal for a reader; raises NotFound for one who is no customer."""
    with billing.database.reading() as session:
        customer = customer_of(session, reader_id)
    if customer is None:
        raise NotFound("You have no payments with us yet.")
    return str(billing.gateway.create_portal_session(customer, return_url)["url"])


def _cancel(billing: Billing, row: Subscription) -> None:
    if row.status in (Status.INCOMPLETE, Status.UNPAID, Status.PAUSED):
        billing.gateway.cancel_subscription(row.stripe_id)  # nothing is paid for: there is no end to wait for
    else:
        _update(billing, row.stripe_id, {"cancel_at_period_end": True})


def _resume(billing: Billing, row: Subscription) -> None:
    """Undo a cancellation of either kind: Stripe's own portal sets a date instead of the end of the period."""
    found = billing.gateway.retrieve_subscription(row.stripe_id, expand=())
    change: dict[str, Any] = {"cancel_at_period_end": False} if found["cancel_at_period_end"] else {"cancel_at": ""}
    _update(billing, row.stripe_id, change)


def _update(billing: Billing, stripe_id: str, change: dict[str, Any]) -> None:
    billing.gateway.update_subscription(stripe_id, change, idempotency_key=f"change:{stripe_id}:{secrets.token_hex(8)}")


def _current(billing: Billing, reader_id: int) -> Subscription | None:
    with billing.database.reading() as session:
        return current_subscription(session, reader_id)
