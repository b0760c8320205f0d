"""The checkouts that were begun of late, and whether they came to a subscription."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from paywall.billing.checkout.tables import Checkout, CheckoutState
from paywall.billing.subscriptions.status import Status
from paywall.billing.subscriptions.tables import Subscription


class Begun(NamedTuple):
    """A checkout: where its reader wants to be afterwards, and whether a subscription came of it."""

    checkout_id: str
    publisher_id: int
    reader_id: int
    goal: str
    is_paid: bool
    """A subscription is there since: paid, or on trial."""
    created_at: datetime
    """Wall time."""


def begun_since(session: Session, since: datetime) -> list[Begun]:
    """Return the checkouts of every publisher begun since, the oldest first; `since` is wall time.

    One that came to its end counts as paid, and so does the open one of a reader who has a subscription by now.
    """
    lives = Subscription.status.in_([Status.ACTIVE.value, Status.TRIALING.value])
    theirs = exists().where(Subscription.reader_id == Checkout.reader_id, Subscription.is_current, lives)
    is_paid = or_(Checkout.state == CheckoutState.COMPLETED, (Checkout.state == CheckoutState.OPEN) & theirs)
    columns = (Checkout.id, Checkout.publisher_id, Checkout.reader_id, Checkout.next, is_paid, Checkout.created_at)
    found = session.execute(select(*columns).where(Checkout.created_at >= since).order_by(Checkout.created_at))
    return [Begun(*row[:4], bool(row[4]), row[5]) for row in found]
