"""How a new subscription begins for somebody: with a trial, with an introductory offer, or at the plain price."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from paywall.billing.catalogue.offers import Offer, introductory_offers, reduction
from paywall.billing.catalogue.plans import Price
from paywall.billing.links import Links
from paywall.billing.subscriptions.tables import Subscription
from paywall.billing.trials.taking import address_key, may_have_trial


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody may be offered; the default is a visitor, of whom nothing is known."""

    may_have_trial: bool = True
    is_new: bool = True
    """False for a reader who has paid for a subscription before."""
    currency: str | None = None
    """In which an earlier subscription was paid, in capitals."""


VISITOR = Standing()


@dataclass(frozen=True, slots=True)
class Beginning:
    """What comes before the plain price: days without payment, or an offer; never both."""

    trial_days: int = 0
    offer: Offer | None = None


def standing_of(session: Session, links: Links, publisher_id: int, reader_id: int, email_normalized: str) -> Standing:
    """Return what a reader may be offered."""
    paid = Subscription.paid_through_at.is_not(None)
    had = select(Subscription.currency).where(Subscription.reader_id == reader_id, paid)
    currency = session.scalar(had.order_by(Subscription.created_at.desc(), Subscription.id.desc()).limit(1))
    key = address_key(links, publisher_id, email_normalized)
    return Standing(may_have_trial(session, publisher_id, reader_id, key), currency is None, currency)


def beginning_of(session: Session, price: Price, standing: Standing, now: datetime) -> Beginning:
    """Return how a subscription at this price begins for somebody of that standing; a trial goes first."""
    if price.plan.trial_days and standing.may_have_trial:
        return Beginning(trial_days=price.plan.trial_days)
    if standing.is_new:
        offers = introductory_offers(session, price.plan_id, now)
        return Beginning(offer=next((one for one in offers if one.is_running(now) and reduction(one, price)), None))
    return Beginning()
