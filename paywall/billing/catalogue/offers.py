"""Offers: a lower price for a while. An introductory one is given to every new subscriber, one with a code is typed.

The code is typed on Stripe's payment page. Terms never change: Stripe's coupon of an offer carries them in its id.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from paywall.billing.catalogue.money import Money
from paywall.billing.catalogue.plans import Interval, Plan, Price
from paywall.database import Base, UtcDateTime


class Duration(StrEnum):
    """For how long an offer lowers the price; spelled as Stripe spells it."""

    ONCE = "once"  # the first payment
    REPEATING = "repeating"  # every payment of so many months
    FOREVER = "forever"


class Offer(Base):
    """What is taken off a plan's prices: a percentage, or an amount in one currency."""

    __tablename__ = "offers"
    __table_args__ = (
        UniqueConstraint("publisher_id", "slug"),
        CheckConstraint("(percent_off IS NULL) <> (amount_off_minor IS NULL)", name="one_reduction"),
        CheckConstraint("(amount_off_minor IS NULL) = (currency IS NULL)", name="amount_has_currency"),
        CheckConstraint("(duration = 'repeating') = (months IS NOT NULL)", name="months_if_repeating"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"))
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), index=True)
    slug: Mapped[str]
    percent_off: Mapped[int | None]
    """1 to 100."""
    amount_off_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str | None]
    """ISO 4217 in capitals, of the amount."""
    duration: Mapped[str]
    months: Mapped[int | None]
    code: Mapped[str | None]
    """What is typed at checkout; None where new subscribers get the offer by themselves."""
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """From then on nobody gets it any more; whoever has it keeps it."""
    max_redemptions: Mapped[int | None]
    """How often the code may be used."""
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    plan: Mapped[Plan] = relationship()

    @property
    def amount_off(self) -> Money | None:
        """The amount that is taken off; None for a percentage."""
        if self.amount_off_minor is None or self.currency is None:
            return None
        return Money(self.amount_off_minor, self.currency)

    def is_running(self, now: datetime) -> bool:
        """Tell whether somebody may get it now."""
        has_begun = self.starts_at is None or self.starts_at <= now
        has_ended = self.ends_at is not None and self.ends_at <= now
        return self.archived_at is None and has_begun and not has_ended

    def has_ended(self, now: datetime) -> bool:
        """Tell whether nobody will get it any more."""
        return self.archived_at is not None or (self.ends_at is not None and self.ends_at <= now)


@dataclass(frozen=True, slots=True)
class Reduction:
    """What an offer makes of a price: `money` for each billing period that begins within `length` units of time."""

    money: Money
    length: int | None
    """None: for as long as one subscribes."""
    unit: Interval
    is_first_only: bool
    """True where only the first billing period is reduced, which then is `length` units long."""


def reduction(offer: Offer, price: Price) -> Reduction | None:
    """Return what an offer makes of a price; None where it takes nothing off: another plan's, another currency's."""
    reduced = _reduced(offer, price.money)
    if price.plan_id != offer.plan_id or reduced is None:
        return None
    return Reduction(reduced, *_stretch(offer, Interval(price.interval), price.interval_count))


def _reduced(offer: Offer, full: Money) -> Money | None:
    if offer.percent_off is not None:
        off = full.share(offer.percent_off)
        return full - off if off.minor else None
    if offer.amount_off is None or offer.currency != full.currency:
        return None
    return Money(max(0, full.minor - offer.amount_off.minor), full.currency)


_MONTHS = {Interval.MONTH: 1, Interval.YEAR: 12}


def _stretch(offer: Offer, interval: Interval, count: int) -> tuple[int | None, Interval, bool]:
    """Return length, unit and whether that is one period: a period is reduced if it begins while the offer holds."""
    if offer.duration == Duration.FOREVER:
        return None, interval, False
    if offer.duration == Duration.ONCE or offer.months is None:
        return count, interval, True
    if interval not in _MONTHS:
        return offer.months, Interval.MONTH, False
    periods = -(-offer.months // (_MONTHS[interval] * count))
    return periods * count, interval, periods == 1


def offer_by_slug(session: Session, publisher_id: int, slug: str) -> Offer | None:
    """Return a publisher's offer, ended or not."""
    return session.scalar(select(Offer).where(Offer.publisher_id == publisher_id, Offer.slug == slug))


def offers_of(session: Session, publisher_id: int) -> list[Offer]:
    """Return all offers of a publisher in the order they were made, ended ones too."""
    return list(session.scalars(select(Offer).where(Offer.publisher_id == publisher_id).order_by(Offer.id)))


def introductory_offers(session: Session, plan_id: int, now: datetime) -> list[Offer]:
    """Return the offers that new subscribers of a plan get by themselves, now or at a later date; oldest first."""
    query = select(Offer).where(
        Offer.plan_id == plan_id,
        Offer.code.is_(None),
        Offer.archived_at.is_(None),
        or_(Offer.ends_at.is_(None), Offer.ends_at > now),
    )
    return list(session.scalars(query.order_by(Offer.id)))


def coupon_id(publisher_slug: str, offer: Offer) -> str:
    """Return the id of the offer's coupon at Stripe; other terms make another coupon."""
    amount = offer.amount_off
    off = f"{amount.minor}{amount.currency.lower()}" if amount else f"{offer.percent_off}pct"
    length = f"{offer.months}m" if offer.months is not None else offer.duration
    return f"paywall_{publisher_slug}_{offer.plan.slug}_{offer.slug}_{off}_{length}"
