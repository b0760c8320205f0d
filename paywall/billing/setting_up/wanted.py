"""What should be at Stripe, read from our own tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from paywall.billing.catalogue.offers import Offer, coupon_id, offers_of
from paywall.billing.catalogue.plans import Plan, Price, plans_with_archived
from paywall.billing.stripe_calls.asking import Json
from paywall.database import Database
from paywall.publishers.rules import Profile


@dataclass(frozen=True, slots=True)
class WantedPrice:
    """A price as it should be at Stripe."""

    lookup_key: str
    product: str
    amount_minor: int
    currency: str
    interval: str
    interval_count: int

    def is_met_by(self, found: Json) -> bool:
        """Tell whether a price at Stripe is this one."""
        recurring = found.get("recurring") or {}
        return (
            found["product"] == self.product
            and (found["unit_amount"], found["currency"]) == (self.amount_minor, self.currency)
            and (recurring.get("interval"), recurring.get("interval_count")) == (self.interval, self.interval_count)
        )


@dataclass(frozen=True, slots=True)
class WantedPlan:
    """A plan as it should be at Stripe; `retired` are lookup keys that should sell nothing any more."""

    product: str
    name: str
    description: str
    metadata: Mapping[str, str]
    tax_basis_points: int
    prices: tuple[WantedPrice, ...]
    retired: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WantedOffer:
    """An offer as it should be at Stripe: a coupon, and a promotion code if it has one."""

    mark: str
    """By which its promotion codes are known."""
    coupon: str
    product: str
    terms: Mapping[str, object]
    """As Stripe names them: `percent_off` or `amount_off` and `currency`, `duration`, `duration_in_months`."""
    code: str | None
    limits: Mapping[str, int]
    """Of the code: `expires_at`, `max_redemptions`."""


def wanted_plans(database: Database, publisher: Profile) -> list[WantedPlan]:
    """Return a publisher's plans, archived ones with nothing but retired prices."""
    with database.reading() as session:
        return [_plan(plan, publisher) for plan in plans_with_archived(session, publisher.id)]


def wanted_offers(database: Database, publisher: Profile, now: datetime) -> list[WantedOffer]:
    """Return the offers that somebody gets or will get; those of archived plans rest."""
    with database.reading() as session:
        living = (one for one in offers_of(session, publisher.id) if not one.has_ended(now))
        return [_offer(one, publisher) for one in living if one.plan.archived_at is None]


def _plan(plan: Plan, publisher: Profile) -> WantedPlan:
    live = [price for price in plan.prices if price.archived_at is None and plan.archived_at is None]
    return WantedPlan(
        product=_product(publisher, plan),
        name=f"{publisher.name}: {plan.name}",
        description=plan.description,
        metadata={"publisher": str(publisher.id), "plan": plan.slug},
        tax_basis_points=plan.tax_basis_points,
        prices=tuple(_price(price, _product(publisher, plan)) for price in live),
        retired=tuple(price.lookup_key for price in plan.prices if price not in live),
    )


def _product(publisher: Profile, plan: Plan) -> str:
    return f"paywall_{publisher.slug}_{plan.slug}"


def _price(price: Price, product: str) -> WantedPrice:
    return WantedPrice(
        lookup_key=price.lookup_key,
        product=product,
        amount_minor=price.amount_minor,
        currency=price.currency.lower(),
        interval=price.interval,
        interval_count=price.interval_count,
    )


def _offer(offer: Offer, publisher: Profile) -> WantedOffer:
    amount = offer.amount_off
    off = {"amount_off": amount.minor, "currency": amount.currency.lower()} if amount else {}
    terms = {
        **(off or {"percent_off": offer.percent_off}),
        "duration": offer.duration,
        **({"duration_in_months": offer.months} if offer.months else {}),
    }
    expires_at = int(offer.ends_at.timestamp()) if offer.ends_at else None
    limits = {"expires_at": expires_at, "max_redemptions": offer.max_redemptions}
    return WantedOffer(
        mark=f"{publisher.slug}:{offer.slug}",
        coupon=coupon_id(publisher.slug, offer),
        product=_product(publisher, offer.plan),
        terms=terms,
        code=offer.code,
        limits={name: limit for name, limit in limits.items() if limit is not None},
    )
