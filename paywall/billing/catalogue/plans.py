"""What a publisher sells: plans (what you get) and their prices (amount, currency, interval), with their queries."""

import re
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from paywall.billing.catalogue.money import Money
from paywall.billing.subscriptions.status import GRACE_DAYS
from paywall.database import Base, UtcDateTime

LOOKUP_KEY = re.compile(r"[a-z0-9_-]{1,80}:[a-z0-9_-]{1,80}:[a-z]{1,10}[0-9]{0,4}:[a-z]{3}")
"""What a lookup key may look like."""


class Interval(StrEnum):
    """How long one billing period is; spelled as Stripe spells it."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Plan(Base):
    """What a reader subscribes to. Every plan of a publisher opens its full digital edition."""

    __tablename__ = "plans"
    __table_args__ = (UniqueConstraint("publisher_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"))
    slug: Mapped[str]
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    grace_days: Mapped[int] = mapped_column(default=GRACE_DAYS)
    """How long a failed renewal still reads."""
    trial_days: Mapped[int] = mapped_column(default=0)
    """How long a reader who has never had a trial reads before the first payment; 0 for none."""
    tax_basis_points: Mapped[int] = mapped_column(default=0)
    """The tax that is part of every price, in hundredths of a percent: 1800 is 18 %."""
    position: Mapped[int] = mapped_column(default=0)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    prices: Mapped[list["Price"]] = relationship(
        order_by="Price.position", back_populates="plan", cascade="all, delete-orphan"
    )


class Price(Base):
    """One way to pay for a plan. The amount is what new subscribers pay; older ones keep what Stripe charges them."""

    __tablename__ = "prices"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("interval_count >= 1", name="interval_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), index=True)
    interval: Mapped[str]
    interval_count: Mapped[int] = mapped_column(default=1)
    currency: Mapped[str]
    """ISO 4217 in capitals."""
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    """With tax, in the currency's smallest unit."""
    tax_note: Mapped[str] = mapped_column(default="")
    """What is said beside the price: `incl. 18% VAT`."""
    lookup_key: Mapped[str] = mapped_column(unique=True)
    """`publisher:plan:interval:currency`, by which Stripe knows this price."""
    position: Mapped[int] = mapped_column(default=0)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    plan: Mapped[Plan] = relationship(back_populates="prices")

    @property
    def money(self) -> Money:
        """What one billing period costs."""
        return Money(self.amount_minor, self.currency)


def plan_by_slug(session: Session, publisher_id: int, slug: str) -> Plan | None:
    """Return a publisher's plan, archived or not."""
    return session.scalar(select(Plan).where(Plan.publisher_id == publisher_id, Plan.slug == slug))


def plans_of(session: Session, publisher_id: int) -> list[Plan]:
    """Return the plans that are on offer, in the order they are shown."""
    query = select(Plan).where(Plan.publisher_id == publisher_id, Plan.archived_at.is_(None))
    return list(session.scalars(query.order_by(Plan.position, Plan.id)))


def plans_with_archived(session: Session, publisher_id: int) -> list[Plan]:
    """Return all plans of a publisher, whether on offer or not."""
    return list(session.scalars(select(Plan).where(Plan.publisher_id == publisher_id).order_by(Plan.position, Plan.id)))


def prices_of(session: Session, publisher_id: int) -> list[Price]:
    """Return the prices on offer, in the order they are shown."""
    query = select(Price).join(Plan).where(Plan.publisher_id == publisher_id, *_ON_OFFER)
    return list(session.scalars(query.order_by(Plan.position, Plan.id, Price.position)))


def price_on_offer(session: Session, publisher_id: int, key: str) -> Price | None:
    """Return a publisher's price by its lookup key, unless it or its plan is archived."""
    query = select(Price).join(Plan).where(Plan.publisher_id == publisher_id, Price.lookup_key == key, *_ON_OFFER)
    return session.scalar(query)


def price_by_key(session: Session, key: str) -> Price | None:
    """Return a price by its lookup key, archived or not."""
    return session.scalar(select(Price).where(Price.lookup_key == key))


def plan_of_price(session: Session, key: str) -> Plan | None:
    """Return the plan that a lookup key belongs to, archived or not."""
    return session.scalar(select(Plan).join(Price).where(Price.lookup_key == key))


_ON_OFFER = (Plan.archived_at.is_(None), Price.archived_at.is_(None))
