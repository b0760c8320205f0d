"""Taking a cancellation back, as long as the subscription has not ended."""

from paywall import clock
from paywall.billing.changing.asking import current, note, tell_stripe
from paywall.billing.changing.tables import close_request
from paywall.billing.parts import Billing
from paywall.billing.stripe_calls.asking import Json
from paywall.billing.subscriptions.status import ENDED
from paywall.billing.subscriptions.tables import Subscription
from paywall.billing.syncing.sync import sync_subscription
from paywall.errors import PaywallError


class NothingToResume(PaywallError):
    """There is no cancelled subscription that could be resumed; you can subscribe anew."""

    status = 409
    code = "nothing_to_resume"


def resume(billing: Billing, reader_id: int, *, is_noted: bool = False) -> None:
    """Take a cancellation back: of either kind, and one that waits for Stripe too. Twice is once.

    `is_noted` says that the audit has it already, from whoever does it for the reader. Raises NothingToResume, and the
    situations of `stripe_errors`.
    """
    row = _running(billing, reader_id)
    _withdraw(billing, row, is_noted=is_noted)
    sync_subscription(billing, row.stripe_id)
    row = _running(billing, reader_id)
    if row.cancels_at is None:
        return
    tell_stripe(billing, row.stripe_id, _undoing(billing, row.stripe_id))
    sync_subscription(billing, row.stripe_id)
    if is_noted:
        return
    with billing.database.writing() as session:
        note(session, row, "subscription_resumed")


def _running(billing: Billing, reader_id: int) -> Subscription:
    row = current(billing, reader_id)
    if row is None or row.status in ENDED:
        raise NothingToResume
    return row


def _withdraw(billing: Billing, row: Subscription, *, is_noted: bool) -> None:
    with billing.database.writing() as session:
        if close_request(session, row.stripe_id, clock.now()) and not is_noted:
            note(session, row, "cancellation_withdrawn")


def _undoing(billing: Billing, stripe_id: str) -> Json:
    """Return what undoes it: Stripe's own portal sets a date instead of the end of the period."""
    found = billing.gateway.retrieve_subscription(stripe_id, expand=())
    return {"cancel_at_period_end": False} if found["cancel_at_period_end"] else {"cancel_at": ""}
