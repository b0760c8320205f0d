"""Writing down what Stripe said of a subscription: mirror, entitlement, audit and mails, in the caller's transaction.

Every effect follows from comparing what is stored with what is true, inside a transaction that only the newest lease
may commit: so each happens once for its cause, however often and in whatever order the events came.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session
from structlog import get_logger

from paywall import audit, clock
from paywall.billing.ledger.mirroring import mirror_disputes, mirror_payments, mirror_refunds
from paywall.billing.links import Links
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
from paywall.billing.syncing import notices
from paywall.billing.syncing.disputes import DISPUTE
from paywall.billing.syncing.fetching import Picture
from paywall.billing.syncing.ownership import Owner, grace_days
from paywall.billing.syncing.trials import take_trial
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
    facts: tuple[object, ...]


def store(session: Session, picture: Picture, owner: Owner, base_url: str, links: Links) -> Access:
    """Store the picture and all that follows from it.

    Raises SecondLive or TrialRefused before anything is written.
    """
    hold_reader(session, owner.reader_id)
    found = picture.subscription
    _refuse_second(session, found, owner)
    take_trial(session, found, owner, links)
    row, before = _mirror_subscription(session, found, owner)
    for invoice in picture.invoices:
        _mirror_invoice(session, invoice, row)
        mirror_payments(session, row, invoice)
    mirror_refunds(session, row, picture.invoices, picture.refunds)
    mirror_disputes(session, row, picture.invoices, picture.disputes)
    session.flush()
    bills = [invoice.bill for invoice in invoices_of(session, found.stripe_id)]
    access = access_of(found.terms, bills, grace_days(session, row.lookup_key))
    row.paid_through_at = access.paid_through_at
    set_entitlement(session, Grant(owner.publisher_id, _entitlement(row, access)))
    _tell(session, row, before)
    notices.post_due(session, row, picture, base_url)
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
    before = Before(row.status if row else None, _facts(row) if row else ())
    if row is None:
        row = Subscription(stripe_id=found.stripe_id, publisher_id=owner.publisher_id, reader_id=owner.reader_id)
        row.is_current = False
    takes_place = _takes_place(session, found, row)
    _copy(found, row)
    session.add(row)
    session.flush()
    row.is_current = takes_place
    return row, before


def _copy(found: SubscriptionSnapshot, row: Subscription) -> None:
    row.customer_id, row.status = found.customer_id, found.status
    row.price_id = found.price_ids[0] if found.price_ids else ""
    row.lookup_key = found.lookup_key or row.lookup_key
    row.amount_minor, row.currency = found.amount_minor, found.currency.upper()
    row.interval, row.interval_count = found.interval, found.interval_count
    row.created_at, row.trial_end_at, row.period_end_at = found.created_at, found.trial_end_at, found.period_end_at
    row.cancels_at, row.canceled_at = found.cancels_at, found.canceled_at
    row.ended_at, row.ended_because = found.ended_at, found.ended_because
    row.latest_invoice_id, row.has_pending_update = found.latest_invoice_id, found.has_pending_update
    row.collection_is_paused, row.resumes_at = found.collection_is_paused, found.resumes_at
    row.is_paused_for_dispute = found.pause_is_for == DISPUTE
    _copy_what_is_to_come(found, row)
    _copy_card(found, row)
    row.synced_at = clock.wall()


def _copy_what_is_to_come(found: SubscriptionSnapshot, row: Subscription) -> None:
    coming, discount = found.next, found.discount
    row.schedule_id = found.schedule_id
    row.next_price_id = coming.price_id if coming else None
    row.next_lookup_key = coming.lookup_key if coming else None
    row.next_change_at = coming.starts_at if coming else None
    row.discount_percent = discount.percent if discount else None
    row.discount_minor = discount.minor if discount else None
    row.discount_ends_at = discount.ends_at if discount else None


def _copy_card(found: SubscriptionSnapshot, row: Subscription) -> None:
    card = found.card
    row.card_brand, row.card_last4 = (card.brand, card.last4) if card else (None, None)
    row.card_exp_month, row.card_exp_year = (card.exp_month, card.exp_year) if card else (None, None)


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
    row.payment_id, row.number = found.payment_id or row.payment_id, found.number
    row.status, row.currency, row.reason = found.status, found.currency.upper(), found.reason
    row.total_minor, row.tax_minor, row.discount_minor = found.total_minor, found.tax_minor, found.discount_minor
    row.paid_minor = found.paid_minor
    if found.refunded_minor is not None:
        row.refunded_minor, row.dispute = found.refunded_minor, found.dispute
    row.period_start_at, row.period_end_at = found.period_start_at, found.period_end_at
    row.due_at, row.opened_at, row.paid_at = found.due_at, found.opened_at, found.paid_at
    row.created_at, row.next_attempt_at = found.created_at, found.next_attempt_at
    row.was_attempted, row.needs_action, row.is_processing = (
        found.was_attempted,
        found.needs_action,
        found.is_processing,
    )
    row.hosted_url, row.pdf_url = found.hosted_url, found.pdf_url


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
    return "subscription_renewed" if row.paid_through_at != before.facts[2] else "subscription_changed"
