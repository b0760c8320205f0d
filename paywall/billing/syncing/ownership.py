"""Whose a subscription is: which of our readers, and whether it was bought at a price of ours."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from paywall.billing.catalogue.plans import plan_of_price
from paywall.billing.checkout.tables import keep_customer, owner_of_customer
from paywall.billing.snapshots.subscription import SubscriptionSnapshot
from paywall.billing.subscriptions.status import GRACE_DAYS
from paywall.billing.subscriptions.tables import subscription_by_stripe_id
from paywall.billing.webhooks.incoming import Note
from paywall.clock import wall
from paywall.publishers.profiles import publisher_by_slug
from paywall.readers.finding import reader_by_id

_LONGEST_ID = 18


@dataclass(frozen=True, slots=True)
class Owner:
    """A reader, by whom a subscription is read."""

    publisher_id: int
    reader_id: int


def owner_of(session: Session, subscription: SubscriptionSnapshot) -> Owner | Note:
    """Return whose it is, or why it is nobody's.

    Several services may share a Stripe account, so ids in metadata count only together with a price of ours.
    """
    known = subscription_by_stripe_id(session, subscription.stripe_id)
    if known is not None:
        return Owner(known.publisher_id, known.reader_id)
    named = _named_reader(session, subscription)
    customer = owner_of_customer(session, subscription.customer_id)
    if not _has_our_price(session, subscription) and not (customer and named):
        return Note.FOREIGN_PRICE
    if customer is not None:
        return Owner(customer.publisher_id, customer.reader_id) if customer.reader_id else Note.READER_ERASED
    if named is not None:
        keep_customer(session, named.publisher_id, named.reader_id, subscription.customer_id, wall())
    return named or Note.UNKNOWN_CUSTOMER


def grace_days(session: Session, lookup_key: str | None) -> int:
    """Return how long a failed renewal of that price still reads."""
    plan = plan_of_price(session, lookup_key) if lookup_key else None
    return plan.grace_days if plan else GRACE_DAYS


def _has_our_price(session: Session, subscription: SubscriptionSnapshot) -> bool:
    return bool(subscription.lookup_key) and plan_of_price(session, subscription.lookup_key or "") is not None


def _named_reader(session: Session, subscription: SubscriptionSnapshot) -> Owner | None:
    publisher = publisher_by_slug(session, subscription.metadata.get("publisher", ""))
    reader = subscription.metadata.get("reader", "")
    if publisher is None or not (reader.isascii() and reader.isdigit() and len(reader) < _LONGEST_ID):
        return None
    found = reader_by_id(session, publisher.id, int(reader))
    return Owner(found.publisher_id, found.id) if found else None
