"""What we have and Stripe did not show: asked for by its id, and ended here where Stripe really knows nothing of it."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from structlog import get_logger

from paywall import audit, clock
from paywall.billing.checkout.tables import Customer, note_deleted
from paywall.billing.ledger.forgetting import forget_invoices, forget_movement
from paywall.billing.parts import Billing
from paywall.billing.reconciling.kinds import Kind
from paywall.billing.reconciling.looking import NOT_THERE, REPAIRED, REPORTED, Drift, look
from paywall.billing.reconciling.tables import Seen
from paywall.billing.stripe_errors import StripeNotFound
from paywall.billing.subscriptions.status import ENDED, Status
from paywall.billing.subscriptions.tables import (
    UNKNOWN_TO_STRIPE,
    Invoice,
    Subscription,
    known_to_stripe,
    subscription_billed,
    subscription_by_stripe_id,
    subscriptions_of_customer,
)
from paywall.entitlements.granting import end_entitlement
from paywall.entitlements.rules import Source
from paywall.notices import raise_notice

log = get_logger()
LEFT_ALONE = "left alone"


def unseen(session: Session, kind: Kind, comparison_id: int) -> list[str]:
    """Return the Stripe ids of ours that a comparison has not met."""
    seen = select(Seen.stripe_id).where(Seen.comparison_id == comparison_id)
    query = select(kind.table.stripe_id).where(kind.table.stripe_id.not_in(seen))
    if kind.table is Customer:
        query = query.where(Customer.deleted_at.is_(None))
    if kind.table is Subscription:
        query = query.where(known_to_stripe())
    return list(session.scalars(query))


def look_for_subscriptions(billing: Billing, unseen_ids: Sequence[str], *, dry_run: bool) -> Iterator[Drift]:
    """Yield what has drifted of subscriptions that Stripe did not show.

    Where most are missing, the key is another account's, not the books wrong: then nothing is touched.
    """
    with billing.database.reading() as session:
        total = session.scalar(select(func.count()).select_from(Subscription)) or 0
    leave = len(unseen_ids) * 2 > total
    for stripe_id in unseen_ids:
        if _is_known(billing, stripe_id):
            yield from look(billing, stripe_id, dry_run=dry_run)
        else:
            yield _end(billing, stripe_id, dry_run=dry_run, leave=leave)


def look_for_customers(billing: Billing, unseen_ids: Sequence[str], *, dry_run: bool) -> Iterator[Drift]:
    """Yield the customers that were deleted at Stripe without our hearing of it, and what follows from that.

    Stripe remembers whom it deleted. Where it has never heard of most of them the key is another account's, and
    nothing is touched.
    """
    with billing.database.reading() as session:
        total = session.scalar(select(func.count()).select_from(Customer).where(Customer.deleted_at.is_(None))) or 0
    leave = len(unseen_ids) * 2 > total
    for stripe_id in unseen_ids:
        is_deleted = _is_deleted(billing, stripe_id)
        if is_deleted is False:
            continue
        if is_deleted is None and leave:
            yield Drift(stripe_id, "customer", "there", NOT_THERE, LEFT_ALONE)
            continue
        if not dry_run:
            with billing.database.writing() as session:
                note_deleted(session, stripe_id, clock.now())
        yield Drift(stripe_id, "customer", "there", "deleted", REPORTED if dry_run else REPAIRED)
        with billing.database.reading() as session:
            theirs = subscriptions_of_customer(session, stripe_id)
        for one in theirs:
            yield from look(billing, one, dry_run=dry_run)


def look_for_money(billing: Billing, kind: Kind, unseen_ids: Sequence[str], *, dry_run: bool) -> Iterator[Drift]:
    """Yield what has drifted around invoices, payments, refunds and disputes that Stripe did not show."""
    subscriptions: set[str] = set()
    for stripe_id in unseen_ids:
        with billing.database.writing() as session:
            row: Any = session.scalar(select(kind.table).where(kind.table.stripe_id == stripe_id))
            behind = _subscription_behind(session, row)
            if behind is None and row is not None and not dry_run:
                forget_movement(session, row)
        if behind is None:
            yield Drift(stripe_id, kind.collection, "there", "of no invoice", REPORTED if dry_run else REPAIRED)
        elif behind not in subscriptions:
            subscriptions.add(behind)
            yield from look(billing, behind, dry_run=dry_run)


def _subscription_behind(session: Session, row: object) -> str | None:
    """Return the subscription that an invoice bills, or that a movement of money belongs to."""
    if isinstance(row, Invoice):
        return row.subscription_id
    return subscription_billed(session, getattr(row, "invoice_id", ""))


def _is_known(billing: Billing, stripe_id: str) -> bool:
    with suppress(StripeNotFound):
        billing.gateway.retrieve_subscription(stripe_id, expand=())
        return True
    return False


def _is_deleted(billing: Billing, stripe_id: str) -> bool | None:
    """Tell whether a customer was deleted; None for one of whom Stripe has never heard."""
    with suppress(StripeNotFound):
        return bool(billing.gateway.retrieve_customer(stripe_id).get("deleted"))
    return None


def _end(billing: Billing, stripe_id: str, *, dry_run: bool, leave: bool) -> Drift:
    with billing.database.writing() as session:
        row = subscription_by_stripe_id(session, stripe_id)
        ours = row.status if row else NOT_THERE
        if leave:
            _ring(session, stripe_id)
        elif row is not None and not dry_run:
            _end_row(session, row)
    outcome = LEFT_ALONE if leave else REPORTED if dry_run else REPAIRED
    return Drift(stripe_id, "subscription", ours, NOT_THERE, outcome)


def _ring(session: Session, example: str) -> None:
    """Say once a day that most subscriptions are unknown: each of them would be a line of its own else."""
    if raise_notice(session, "subscriptions_unknown", clock.now().date().isoformat(), example=example):
        log.error("Stripe knows nothing of most subscriptions: is the key right?", alarm=True, example=example)


def _end_row(session: Session, row: Subscription) -> None:
    """End a subscription that Stripe has never heard of: what it was said to have paid was never paid."""
    now = clock.now()
    if row.status not in ENDED:
        row.status, row.ended_at = Status.CANCELED.value, row.ended_at or now
    row.ended_because, row.paid_through_at = UNKNOWN_TO_STRIPE, None
    row.synced_at = clock.wall()
    forget_invoices(session, row)
    end_entitlement(session, Source.SUBSCRIPTION, row.stripe_id, now)
    audit.write(session, row.publisher_id, "sweep", "subscription_unknown", f"subscription:{row.stripe_id}")
