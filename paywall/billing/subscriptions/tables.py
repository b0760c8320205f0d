"""The tables that mirror what Stripe tells us: subscriptions, invoices, billing events, and leases on the work."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ColumnElement, ForeignKey, Index, Select, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from paywall.billing.subscriptions.status import LIVE, RUNNING, Bill
from paywall.database import Base, UtcDateTime


class Subscription(Base):
    """A reader's subscription at Stripe, as it was when we last asked."""

    __tablename__ = "subscriptions"
    __table_args__ = (
        Index(
            "uq_subscriptions_current",
            "reader_id",
            unique=True,
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
        Index("ix_subscriptions_status", "publisher_id", "is_current", "status", "reader_id"),
        Index("ix_subscriptions_currency", "publisher_id", "is_current", "currency", "reader_id"),
        Index("ix_subscriptions_price", "publisher_id", "is_current", "lookup_key", "reader_id"),
        Index("ix_subscriptions_synced", "publisher_id", "synced_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"), index=True)
    reader_id: Mapped[int] = mapped_column(ForeignKey("readers.id", ondelete="CASCADE"), index=True)
    stripe_id: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[str] = mapped_column(index=True)
    is_current: Mapped[bool]
    """True for the one subscription that the reader's account speaks of."""
    status: Mapped[str]
    price_id: Mapped[str]
    lookup_key: Mapped[str | None]
    """Of the price it was bought at; Stripe may have moved the key on to a newer price since."""
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    interval: Mapped[str]
    interval_count: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    trial_end_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    period_end_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    paid_through_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancels_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    canceled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When cancelling was asked for, at once or for later."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_because: Mapped[str | None]
    """`cancellation_requested`, `payment_failed` or `payment_disputed`, as Stripe says."""
    latest_invoice_id: Mapped[str | None]
    collection_is_paused: Mapped[bool] = mapped_column(default=False)
    resumes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a pause ends by itself."""
    is_paused_for_dispute: Mapped[bool] = mapped_column(default=False)
    schedule_id: Mapped[str | None]
    """Of a change that is to come at the end of the period."""
    next_price_id: Mapped[str | None]
    next_lookup_key: Mapped[str | None]
    next_change_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    has_pending_update: Mapped[bool] = mapped_column(default=False)
    """A change that waits for its payment to go through."""
    discount_percent: Mapped[str | None]
    """As text, `50` or `33.33`; None without a discount, or with one of a fixed amount."""
    discount_minor: Mapped[int | None] = mapped_column(BigInteger)
    discount_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """None for a discount without an end, or where there is none."""
    card_brand: Mapped[str | None]
    card_last4: Mapped[str | None]
    card_exp_month: Mapped[int | None]
    card_exp_year: Mapped[int | None]
    synced_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Invoice(Base):
    """An invoice of a subscription; amounts in minor units of its currency. Outlives the reader: the books stay."""

    __tablename__ = "invoices"
    __table_args__ = (
        CheckConstraint("paid_minor >= 0 AND refunded_minor >= 0", name="amounts_not_negative"),
        Index("ix_invoices_number", "publisher_id", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"), index=True)
    reader_id: Mapped[int | None] = mapped_column(ForeignKey("readers.id", ondelete="SET NULL"), index=True)
    stripe_id: Mapped[str] = mapped_column(unique=True)
    subscription_id: Mapped[str] = mapped_column(index=True)
    """The subscription's Stripe id."""
    payment_id: Mapped[str | None] = mapped_column(index=True)
    """The payment intent that paid it, or the charge where there is none."""
    number: Mapped[str | None]
    status: Mapped[str]
    currency: Mapped[str]
    total_minor: Mapped[int] = mapped_column(BigInteger)
    """What the invoice is over, tax included, discounts taken off."""
    tax_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    discount_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    paid_minor: Mapped[int] = mapped_column(BigInteger)
    refunded_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    period_start_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    period_end_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """When it became due: an automatic charge was first tried then."""
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    was_attempted: Mapped[bool] = mapped_column(default=False)
    next_attempt_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    needs_action: Mapped[bool] = mapped_column(default=False)
    """The bank wants its customer to confirm the payment (3-D Secure)."""
    is_processing: Mapped[bool] = mapped_column(default=False)
    """The payment is on its way: some methods take days."""
    dispute: Mapped[str | None]
    """Stripe's word for how a dispute about its payment stands."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str]
    """Stripe's `billing_reason`: `subscription_create`, `subscription_cycle`, `subscription_update`…"""
    keeps_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until when its refund, though full, leaves access open: a date that an admin picked."""
    hosted_url: Mapped[str | None]
    pdf_url: Mapped[str | None]

    @property
    def bill(self) -> Bill:
        """What it proves."""
        return Bill(
            is_paid=self.status == "paid",
            paid_minor=self.paid_minor,
            refunded_minor=self.refunded_minor,
            period_end_at=self.period_end_at,
            period_start_at=self.period_start_at,
            due_at=self.due_at if self.status == "open" else None,
            dispute=self.dispute,
            keeps_until=self.keeps_until,
            is_processing=self.is_processing,
        )


class BillingEvent(Base):
    """One event that Stripe told us of: ids only, since its payload is never believed. Kept for 35 days and more."""

    __tablename__ = "billing_events"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'parked', 'handled', 'ignored')", name="state_is_known"),
        Index("ix_billing_events_open", "state", "due_at", postgresql_where=text("state IN ('waiting', 'parked')")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(unique=True)
    type: Mapped[str]
    subject: Mapped[str | None] = mapped_column(index=True)
    """What must be asked about: a subscription's id, else a customer's, a charge's or a payment's."""
    object_id: Mapped[str | None]
    customer_id: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str]
    note: Mapped[str | None]
    """Why it was ignored or parked."""
    was_swept: Mapped[bool] = mapped_column(default=False)
    """True until it has come by the webhook: it was fetched, because it had not."""
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Lease(Base):
    """The right to work on one subject for a while; `token` grows with every claim and fences off older ones."""

    __tablename__ = "leases"

    subject: Mapped[str] = mapped_column(primary_key=True)
    token: Mapped[int] = mapped_column(BigInteger)
    until: Mapped[datetime] = mapped_column(UtcDateTime)


UNKNOWN_TO_STRIPE = "unknown_to_stripe"
"""Why a subscription ended here that Stripe has never heard of."""


def known_to_stripe() -> ColumnElement[bool]:
    """Return the condition that a subscription is not one that only we knew."""
    return Subscription.ended_because.is_distinct_from(UNKNOWN_TO_STRIPE)


def renewing_ids() -> Select[str]:
    """Return the query of the Stripe ids of subscriptions that go on by themselves."""
    running = Subscription.status.in_([str(status) for status in RUNNING])
    goes_on = (Subscription.cancels_at.is_(None), ~Subscription.collection_is_paused)
    return select(Subscription.stripe_id).where(running, *goes_on)


def subscription_by_stripe_id(session: Session, stripe_id: str) -> Subscription | None:
    """Return a subscription by the id that Stripe gave it."""
    return session.scalar(select(Subscription).where(Subscription.stripe_id == stripe_id))


def subscription_billed(session: Session, invoice_id: str) -> str | None:
    """Return the Stripe id of the subscription that an invoice bills."""
    return session.scalar(select(Invoice.subscription_id).where(Invoice.stripe_id == invoice_id))


def subscriptions_of_customer(session: Session, customer_id: str) -> list[str]:
    """Return the Stripe ids of a customer's subscriptions that we know, oldest first."""
    query = select(Subscription.stripe_id).where(Subscription.customer_id == customer_id)
    return list(session.scalars(query.order_by(Subscription.created_at, Subscription.id)))


def other_live(session: Session, reader_id: int, stripe_id: str) -> Subscription | None:
    """Return a live current subscription of the reader other than the one given."""
    return session.scalar(
        select(Subscription).where(
            Subscription.reader_id == reader_id,
            Subscription.is_current,
            Subscription.stripe_id != stripe_id,
            Subscription.status.in_([str(status) for status in LIVE]),
        )
    )


def invoices_of(session: Session, stripe_id: str) -> list[Invoice]:
    """Return the invoices of a subscription, oldest first."""
    query = select(Invoice).where(Invoice.subscription_id == stripe_id).order_by(Invoice.created_at, Invoice.id)
    return list(session.scalars(query))
