"""Writing down what Stripe said of a subscription: mirror, entitlement, audit and mails, in the caller's transaction.

Every effect follows from comparing what is stored with what is true, inside a transaction that only the newest lease
may commit: so each happens once for its cause, however often and in whatever order the events came.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from structlog import get_logger

from paywall import audit
from paywall.billing.ledger.forgetting import forget_unknown
from paywall.billing.ledger.mirroring import mirror_disputes, mirror_payments, mirror_refunds
from paywall.billing.letters.case import Past, past_of
from paywall.billing.letters.posting import post_due
from paywall.billing.letters.sheet import Post
from paywall.billing.snapshots.invoice import InvoiceSnapshot
from paywall.billing.snapshots.subscription import SubscriptionSnapshot
from paywall.billing.subscriptions.reading import current_subscription
from paywall.billing.subscriptions.status import ENDED, Access, access_of, is_known, is_live
from paywall.billing.subscriptions.tables import (
    Invoice,
    Subscription,
    invoices_of,
    other_live,
    subscription_by_stripe_id,
)
from paywall.billing.syncing.copying import copy_invoice, copy_subscription
from paywall.billing.syncing.fetching import Picture
from paywall.billing.syncing.ownership import Owner, grace_days
from paywall.billing.syncing.trials import address_key_of, take_trial
from paywall.billing.webhooks import inbox
from paywall.entitlements.granting import Grant, set_entitlement
from paywall.entitlements.rules import Entitlement, Source
from paywall.readers.finding import hold_reader

log = get_logger()


class SecondLive(Exception):
    """The reader already has another live subscription; `stripe_id` names it."""

    def __init__(self, stripe_id: str) -> None:
        super().__init__(stripe_id)
        self.stripe_id = stripe_id


@dataclass(frozen=True, slots=True)
class Before:
    """What was stored of a subscription before this time."""

    status: str | None
    paid_through_at: datetime | None
    facts: tuple[object, ...]
    past: Past | None


_NOTHING = Before(None, None, (), None)


def store(session: Session, picture: Picture, owner: Owner, post: Post) -> Access:
    """Store the picture and all that follows from it.

    Raises SecondLive or TrialRefused before anything is written.
    """
    hold_reader(session, owner.reader_id)
    found = picture.subscription
    _refuse_second(session, found, owner)
    take_trial(session, found, owner, post.links)
    row, before = _mirror_subscription(session, found, owner)
    if picture.knows_money_back:
        forget_unknown(session, row, picture.invoices, picture.refunds, picture.disputes)
    for invoice in picture.invoices:
        _mirror_invoice(session, invoice, row)
        mirror_payments(session, row, invoice)
    mirror_refunds(session, row, picture.invoices, picture.refunds)
    if picture.disputes:
        key = address_key_of(session, found, owner, post.links)
        mirror_disputes(session, row, picture.invoices, picture.disputes, key)
    session.flush()
    bills = [invoice.bill for invoice in invoices_of(session, found.stripe_id)]
    access = access_of(found.terms, bills, grace_days(session, row.lookup_key))
    row.paid_through_at = access.paid_through_at
    set_entitlement(session, Grant(owner.publisher_id, _entitlement(row, access)))
    _tell(session, row, before)
    post_due(session, row, before.past, post)
    return access


def _refuse_second(session: Session, found: SubscriptionSnapshot, owner: Owner) -> None:
    """Let a reader have one live subscription, the oldest; a younger one that came to us first is looked at again."""
    other = other_live(session, owner.reader_id, found.stripe_id) if is_live(found.status) else None
    if other is None:
        return
    if (found.created_at, found.stripe_id) > (other.created_at, other.stripe_id):
        raise SecondLive(other.stripe_id)
    inbox.remind(session, other.stripe_id, f"older:{found.stripe_id}:{other.stripe_id}")


def _entitlement(row: Subscription, access: Access) -> Entitlement:
    return Entitlement(
        reader_id=row.reader_id,
        source=Source.SUBSCRIPTION,
        source_id=row.stripe_id,
        standing=access.standing,
        paid_through_at=access.paid_through_at,
        valid_until=access.valid_until,
        suspended=access.suspended,
    )


def _mirror_subscription(session: Session, found: SubscriptionSnapshot, owner: Owner) -> tuple[Subscription, Before]:
    row = subscription_by_stripe_id(session, found.stripe_id)
    before = Before(row.status, row.paid_through_at, _facts(row), past_of(row)) if row else _NOTHING
    if row is None:
        row = Subscription(stripe_id=found.stripe_id, publisher_id=owner.publisher_id, reader_id=owner.reader_id)
        row.is_current = False
    takes_place = _takes_place(session, found, row)
    copy_subscription(found, row)
    session.add(row)
    session.flush()
    row.is_current = takes_place
    return row, before


def _takes_place(session: Session, found: SubscriptionSnapshot, row: Subscription) -> bool:
    """Tell whether this is the subscription the account speaks of; moves the one that was out of its place."""
    other = current_subscription(session, row.reader_id)
    if other is None or other.stripe_id == found.stripe_id:
        return True
    mine, theirs = (found.status not in ENDED, found.created_at), (other.status not in ENDED, other.created_at)
    if not is_live(found.status) and (is_live(other.status) or mine <= theirs):
        return False
    other.is_current = False
    session.flush()
    return True


def _mirror_invoice(session: Session, found: InvoiceSnapshot, subscription: Subscription) -> None:
    row = session.scalar(select(Invoice).where(Invoice.stripe_id == found.stripe_id))
    if row is None:
        row = Invoice(
            stripe_id=found.stripe_id,
            publisher_id=subscription.publisher_id,
            reader_id=subscription.reader_id,
            subscription_id=subscription.stripe_id,
            refunded_minor=0,
        )
        session.add(row)
    copy_invoice(found, row)


def _facts(row: Subscription) -> tuple[object, ...]:
    return (
        row.status,
        row.price_id,
        row.paid_through_at,
        row.cancels_at,
        row.collection_is_paused,
        row.next_price_id,
        row.discount_percent,
        row.discount_minor,
    )


def _tell(session: Session, row: Subscription, before: Before) -> None:
    """Note what has changed, once; an unknown status is also an alarm."""
    if not is_known(row.status) and before.status != row.status:
        log.error("unknown subscription status", alarm=True, subscription=row.stripe_id, status=row.status)
    if _facts(row) == before.facts:
        return
    audit.write(
        session,
        row.publisher_id,
        "stripe",
        _deed(row, before),
        f"subscription:{row.stripe_id}",
        reader=row.reader_id,
        status=row.status,
        was=before.status,
        paid_through=row.paid_through_at.isoformat() if row.paid_through_at else None,
        cancels_at=row.cancels_at.isoformat() if row.cancels_at else None,
    )


def _deed(row: Subscription, before: Before) -> str:
    if before.status is None:
        return "subscription_added"
    if row.status in ENDED and before.status != row.status:
        return "subscription_ended"
    if row.status != before.status:
        return "subscription_status_changed"
    return "subscription_renewed" if row.paid_through_at != before.paid_through_at else "subscription_changed"
