"""Customers and subscriptions at Stripe that were not made here: they become a reader's, and are let go of again."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from paywall.billing.checkout.tables import Customer, customer_of, having_customers, keep_customers
from paywall.billing.subscriptions.tables import Subscription
from paywall.billing.webhooks import inbox


def owners_of(session: Session, customers: Iterable[str]) -> dict[str, int | None]:
    """Return whose these customers are, by Stripe id; None for those of readers who are erased; others are left out."""
    rows = session.execute(select(Customer.stripe_id, Customer.reader_id).where(Customer.stripe_id.in_(customers)))
    return {row[0]: row[1] for row in rows}


def holders_of(session: Session, subscriptions: Collection[str]) -> dict[str, int]:
    """Return whose these subscriptions are, by Stripe id; those that we do not know are left out."""
    query = select(Subscription.stripe_id, Subscription.reader_id)
    return {row[0]: row[1] for row in session.execute(query.where(Subscription.stripe_id.in_(subscriptions)))}


def adopt_customers(session: Session, publisher_id: int, wanted: Mapping[int, str], now: datetime) -> set[int]:
    """Make customers these readers'; returns the readers for whom it could be done. `now` is wall time.

    Passed over are customers that are somebody's already, and readers who have another.
    """
    known, having = owners_of(session, wanted.values()), having_customers(session, wanted)
    free = {who: which for who, which in wanted.items() if which not in known and who not in having}
    return keep_customers(session, publisher_id, free, now)


def look_at(session: Session, subscription: str, cause: str) -> None:
    """Have the sync fetch a subscription, once for each `cause`."""
    inbox.remind(session, subscription, cause)


def let_go(session: Session, reader_id: int, stripe_id: str) -> bool:
    """Forget that a customer is the reader's; False where a subscription has come with it, and nothing is done."""
    if session.scalar(select(Subscription.id).where(Subscription.customer_id == stripe_id).limit(1)) is not None:
        return False
    session.execute(delete(Customer).where(Customer.stripe_id == stripe_id, Customer.reader_id == reader_id))
    return True


def has_bought(session: Session, reader_id: int) -> bool:
    """Tell whether a reader has, or had, a subscription or a customer at Stripe."""
    bought = select(Subscription.id).where(Subscription.reader_id == reader_id).limit(1)
    return session.scalar(bought) is not None or customer_of(session, reader_id) is not None
