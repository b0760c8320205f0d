"""Customers and subscriptions at Stripe that were not made here: they become a reader's, and are let go of again."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from paywall.billing.checkout.tables import Customer, having_customers, keep_customers
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


def look_at(session: Session, subscriptions: Mapping[str, str]) -> None:
    """Have the sync fetch subscriptions: by causes, and once for each cause."""
    inbox.remind_of_all(session, subscriptions)


def let_go(session: Session, adopted: Mapping[int, str]) -> set[int]:
    """Forget that customers are these readers'; returns the readers for whom it could be done.

    Passed over are customers with whom a subscription has come.
    """
    query = select(Subscription.customer_id).where(Subscription.customer_id.in_(adopted.values()))
    having = set(session.scalars(query.distinct()))
    free = {who: which for who, which in adopted.items() if which not in having}
    session.execute(delete(Customer).where(tuple_(Customer.reader_id, Customer.stripe_id).in_(free.items())))
    return set(free)


def buyers_among(session: Session, reader_ids: Collection[int]) -> set[int]:
    """Return those of some readers who have, or had, a subscription, or have a customer at Stripe."""
    bought = select(Subscription.reader_id).where(Subscription.reader_id.in_(reader_ids)).distinct()
    return {*session.scalars(bought), *having_customers(session, reader_ids)}
