"""What a reader has with us: the subscription that counts, its card and pause, and the invoices."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from paywall.billing.checkout.tables import Customer
from paywall.billing.subscriptions.tables import Invoice, Subscription


def current_subscription(session: Session, reader_id: int) -> Subscription | None:
    """Return the subscription that a reader's account speaks of."""
    return session.scalar(select(Subscription).where(Subscription.reader_id == reader_id, Subscription.is_current))


def subscriptions_of(session: Session, reader_id: int) -> Sequence[Subscription]:
    """Return all subscriptions that a reader has or had: the current one first, then the newest."""
    mine = select(Subscription).where(Subscription.reader_id == reader_id)
    order = (Subscription.is_current.desc(), Subscription.created_at.desc(), Subscription.id.desc())
    return session.scalars(mine.order_by(*order)).all()


def is_paused_by_choice(row: Subscription) -> bool:
    """Tell whether renewals rest because somebody wanted it, not because a dispute is open."""
    return row.collection_is_paused and not row.is_paused_for_dispute


def card_of(row: Subscription) -> str:
    """Return the card that pays: `Visa ending in 4242`; empty where none is known."""
    return f"{(row.card_brand or 'card').capitalize()} ending in {row.card_last4}" if row.card_last4 else ""


def invoices_of_reader(session: Session, reader_id: int) -> list[Invoice]:
    """Return the invoices that a reader may want to see, newest first."""
    shown = Invoice.status.in_(["open", "paid", "uncollectible"])
    query = select(Invoice).where(Invoice.reader_id == reader_id, shown)
    return list(session.scalars(query.order_by(Invoice.created_at.desc(), Invoice.id.desc())))


def invoice_by_stripe_id(session: Session, stripe_id: str) -> Invoice | None:
    """Return an invoice by the id that Stripe gave it."""
    return session.scalar(select(Invoice).where(Invoice.stripe_id == stripe_id))


def customer_is_gone(session: Session, customer_id: str) -> bool:
    """Tell whether a customer of ours was deleted at Stripe."""
    gone = (Customer.stripe_id == customer_id, Customer.deleted_at.is_not(None))
    return session.scalar(select(Customer.id).where(*gone)) is not None
