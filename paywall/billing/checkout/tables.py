"""Who is which customer at Stripe, and which checkouts readers have begun; with the queries on both."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from paywall.database import Base, UtcDateTime, insert_all_once


class CheckoutState(StrEnum):
    """What became of a checkout."""

    OPEN = "open"
    COMPLETED = "completed"
    CLOSED = "closed"  # expired, replaced by another price, or refused by Stripe


class Customer(Base):
    """A reader's one customer at Stripe. Outlives the reader, so that what arrives late is known for whose it was."""

    __tablename__ = "customers"
    __table_args__ = (
        Index(
            "uq_customers_reader",
            "reader_id",
            unique=True,
            sqlite_where=text("deleted_at IS NULL"),
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"))
    reader_id: Mapped[int | None] = mapped_column(ForeignKey("readers.id", ondelete="SET NULL"), index=True)
    """None once the reader is erased."""
    stripe_id: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Wall time at which we learned that it was deleted at Stripe: the reader may get another."""


class Checkout(Base):
    """A reader's way to one payment page. Its id is the attempt that idempotency keys speak of."""

    __tablename__ = "checkouts"
    __table_args__ = (
        Index(
            "uq_checkouts_open",
            "reader_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_checkouts_created", "created_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"))
    reader_id: Mapped[int] = mapped_column(ForeignKey("readers.id", ondelete="CASCADE"), index=True)
    lookup_key: Mapped[str]
    next: Mapped[str]
    """Where the reader wants to be afterwards: an address on this site, or on another of the publisher's."""
    trial_days: Mapped[int] = mapped_column(default=0)
    coupon: Mapped[str | None]
    """Of the introductory offer; fixed at the start like the trial, so that each try says the same to Stripe."""
    state: Mapped[str] = mapped_column(default=CheckoutState.OPEN)
    worker: Mapped[str]
    """Who is making the page at Stripe; changes when somebody takes over."""
    worked_until: Mapped[datetime] = mapped_column(UtcDateTime)
    """Wall time after which the page may be made by another: its maker has died."""
    session_id: Mapped[str | None] = mapped_column(unique=True)
    url: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Wall time: Stripe's keys and pages live by it."""


@dataclass(frozen=True, slots=True)
class CustomerOwner:
    """Whose customer it is; `reader_id` is None once the reader is erased."""

    publisher_id: int
    reader_id: int | None


def owner_of_customer(session: Session, stripe_id: str) -> CustomerOwner | None:
    """Return whose a customer is; None for one we have never made."""
    row = session.scalar(select(Customer).where(Customer.stripe_id == stripe_id))
    return CustomerOwner(row.publisher_id, row.reader_id) if row else None


def customer_of(session: Session, reader_id: int) -> str | None:
    """Return the Stripe id of a reader's customer, if there is one that Stripe still has."""
    living = (Customer.reader_id == reader_id, Customer.deleted_at.is_(None))
    return session.scalar(select(Customer.stripe_id).where(*living))


def having_customers(session: Session, reader_ids: Collection[int]) -> set[int]:
    """Return those of some readers who have a customer that Stripe still has."""
    living = (Customer.reader_id.in_(reader_ids), Customer.deleted_at.is_(None))
    return {reader for reader in session.scalars(select(Customer.reader_id).where(*living)) if reader is not None}


def deleted_customers_of(session: Session, reader_id: int) -> int:
    """Return how many customers of a reader were deleted at Stripe."""
    gone = (Customer.reader_id == reader_id, Customer.deleted_at.is_not(None))
    return session.scalar(select(func.count()).select_from(Customer).where(*gone)) or 0


def note_deleted(session: Session, stripe_id: str, now: datetime) -> bool:
    """Note that a customer is gone from Stripe; returns whether that is news."""
    which = (Customer.stripe_id == stripe_id) & Customer.deleted_at.is_(None)
    gone = update(Customer).where(which).values(deleted_at=now).returning(Customer.id)
    return session.execute(gone).first() is not None


def known_customers(session: Session, stripe_ids: list[str]) -> list[str]:
    """Return those of these customers that are ours."""
    return list(session.scalars(select(Customer.stripe_id).where(Customer.stripe_id.in_(stripe_ids))))


def keep_customer(session: Session, publisher_id: int, reader_id: int, stripe_id: str, now: datetime) -> None:
    """Note a reader's customer, unless it is known already."""
    keep_customers(session, publisher_id, {reader_id: stripe_id}, now)


def keep_customers(session: Session, publisher_id: int, customers: Mapping[int, str], now: datetime) -> set[int]:
    """Note some readers' customers, but for those known already; returns the readers whose customer is new."""
    facts = {"publisher_id": publisher_id, "created_at": now}
    rows = [{**facts, "reader_id": reader, "stripe_id": customer} for reader, customer in customers.items()]
    return insert_all_once(session, Customer.reader_id, rows)


def open_checkout(session: Session, reader_id: int) -> Checkout | None:
    """Return the checkout that a reader has open, locked on PostgreSQL for the caller's transaction."""
    query = select(Checkout).where(Checkout.reader_id == reader_id, Checkout.state == CheckoutState.OPEN)
    return session.scalar(query.with_for_update())


def checkout_by_session(session: Session, session_id: str) -> Checkout | None:
    """Return the checkout whose page at Stripe has that id."""
    return session.scalar(select(Checkout).where(Checkout.session_id == session_id))


def end_checkout(session: Session, checkout_id: str, state: CheckoutState) -> None:
    """Close an open checkout; one that has ended stays as it is."""
    which = (Checkout.id == checkout_id) & (Checkout.state == CheckoutState.OPEN)
    session.execute(update(Checkout).where(which).values(state=state))
