"""What a publisher offers: plans (what you get) and their prices (amount, currency, interval)."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from paywall import changes, clock
from paywall.billing.catalogue.money import Money
from paywall.billing.subscriptions.status import GRACE_DAYS
from paywall.database import Base, Database, UtcDateTime
from paywall.errors import BadInput
from paywall.publishers.tables import Publisher

LARGEST_MINOR = 99_999_999
"""The most that Stripe takes for one price."""

LOOKUP_KEY = re.compile(r"[a-z0-9_-]{1,80}:[a-z0-9_-]{1,80}:[a-z]{1,10}[0-9]{0,3}:[a-z]{3}")
"""What a lookup key may look like."""


class Interval(StrEnum):
    """How long one billing period is; spelled as Stripe spells it."""

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


@dataclass(frozen=True, slots=True)
class NewPrice:
    """A price to set up: tax included, every `interval_count` intervals."""

    interval: Interval
    money: Money
    interval_count: int = 1
    tax_note: str = ""


@dataclass(frozen=True, slots=True)
class NewPlan:
    """A plan to set up, with its prices in the order they are shown."""

    slug: str
    name: str
    description: str
    prices: tuple[NewPrice, ...]
    grace_days: int = GRACE_DAYS


def lookup_key(publisher_slug: str, plan_slug: str, price: NewPrice) -> str:
    """Return the key by which Stripe knows a price; two months are `month2`."""
    interval = str(price.interval) + (str(price.interval_count) if price.interval_count > 1 else "")
    return f"{publisher_slug}:{plan_slug}:{interval}:{price.money.currency.lower()}"


def set_up_plan(session: Session, publisher: Publisher, new: NewPlan) -> Plan:
    """Make a plan or bring it to what is asked: prices not named any more are archived. Safe to repeat; flushes.

    Raises BadInput naming `name`, `slug` or `amount`.
    """
    _refuse_odd(publisher.slug, new)
    plan = plan_by_slug(session, publisher.id, new.slug) or _add_plan(session, publisher.id, new.slug)
    plan.name, plan.description, plan.grace_days, plan.archived_at = new.name, new.description, new.grace_days, None
    known = {price.lookup_key: price for price in plan.prices}
    wanted = {lookup_key(publisher.slug, new.slug, price): price for price in new.prices}
    for position, (key, price) in enumerate(wanted.items()):
        _bring_to(known.get(key) or _add_price(plan, key), price, position)
    for key in known.keys() - wanted.keys():
        known[key].archived_at = known[key].archived_at or clock.now()
    changes.record(session, publisher.id, changes.ChangeKind.PUBLISHER, publisher.id)
    session.flush()
    return plan


def put_on_sale(database: Database, publisher_id: int, new: NewPlan) -> None:
    """Make a plan or change it, in a transaction of its own; Stripe hears of it by `paywall stripe setup`."""
    with database.writing() as session:
        set_up_plan(session, session.get_one(Publisher, publisher_id), new)


def _refuse_odd(publisher_slug: str, new: NewPlan) -> None:
    if not new.name.strip():
        raise BadInput("name", "Give the plan a name.")
    for price in new.prices:
        if not LOOKUP_KEY.fullmatch(lookup_key(publisher_slug, new.slug, price)):
            raise BadInput("slug", "Use small letters, digits and hyphens.")
        if not 0 < price.money.minor <= LARGEST_MINOR:
            raise BadInput("amount", "A price must be above zero and below a million.")
        if price.money.exponent == 3 and price.money.minor % 10:
            raise BadInput("amount", "The last of three decimals must be 0: Stripe wants it so.")


def _add_plan(session: Session, publisher_id: int, slug: str) -> Plan:
    plan = Plan(publisher_id=publisher_id, slug=slug, position=len(plans_of(session, publisher_id)), prices=[])
    session.add(plan)
    return plan


def _add_price(plan: Plan, key: str) -> Price:
    price = Price(lookup_key=key)
    plan.prices.append(price)
    return price


def _bring_to(price: Price, new: NewPrice, position: int) -> None:
    price.interval, price.interval_count, price.tax_note = new.interval, new.interval_count, new.tax_note
    price.amount_minor, price.currency = new.money.minor, new.money.currency
    price.position, price.archived_at = position, None


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


def plan_of_price(session: Session, key: str) -> Plan | None:
    """Return the plan that a lookup key belongs to, archived or not."""
    return session.scalar(select(Plan).join(Price).where(Price.lookup_key == key))


_ON_OFFER = (Plan.archived_at.is_(None), Price.archived_at.is_(None))
