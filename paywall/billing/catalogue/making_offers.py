"""Making an offer, changing it, ending it. Whoever has it already keeps it; Stripe hears by `paywall stripe setup`."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paywall import changes
from paywall.billing.catalogue.money import Money
from paywall.billing.catalogue.offers import Duration, Offer, introductory_offers, offer_by_slug
from paywall.billing.catalogue.plans import Plan, plan_by_slug
from paywall.errors import BadInput, NotFound
from paywall.publishers.ruling.holding import hold_publisher

LONGEST_MONTHS = 36
MOST_REDEMPTIONS = 10_000_000
_SLUG = re.compile(r"[a-z0-9_-]{1,80}")
_CODE = re.compile(r"[A-Z0-9_-]{3,40}")


class UnknownOffer(NotFound):
    """There is no offer of that name."""

    code = "unknown_offer"


@dataclass(frozen=True, slots=True)
class NewOffer:
    """An offer to set up: `percent_off` or `amount_off`; `months` only where it repeats; times are in UTC."""

    slug: str
    plan: str
    """The plan's slug."""
    percent_off: int | None = None
    amount_off: Money | None = None
    duration: Duration = Duration.ONCE
    months: int | None = None
    code: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    max_redemptions: int | None = None


def set_up_offer(session: Session, publisher_id: int, new: NewOffer, now: datetime) -> Offer:
    """Make an offer or bring it to what is asked, taking it up again if it had ended. Safe to repeat; flushes.

    Raises BadInput naming `slug`, `plan`, `percent`, `amount`, `currency`, `months`, `code`, `from`, `until`
    or `limit`.
    """
    _refuse_odd(new, now)
    hold_publisher(session, publisher_id)  # of two who make offers at once, one comes first
    plan = plan_by_slug(session, publisher_id, new.plan)
    if plan is None or plan.archived_at is not None:
        raise BadInput("plan", "Name a plan that is on sale.")
    offer = offer_by_slug(session, publisher_id, new.slug)
    _refuse_beside_others(session, plan, offer, new, now)
    if offer is None:
        offer = Offer(publisher_id=publisher_id, slug=new.slug)
        session.add(offer)
    _bring_to(offer, plan, new)
    changes.record(session, publisher_id, changes.ChangeKind.PUBLISHER, publisher_id)
    session.flush()
    return offer


def end_offer(session: Session, publisher_id: int, slug: str, now: datetime) -> Offer:
    """Give an offer to nobody from now on; raises UnknownOffer."""
    offer = offer_by_slug(session, publisher_id, slug)
    if offer is None:
        raise UnknownOffer
    offer.archived_at = offer.archived_at or now
    changes.record(session, publisher_id, changes.ChangeKind.PUBLISHER, publisher_id)
    return offer


def _refuse_odd(new: NewOffer, now: datetime) -> None:
    if not _SLUG.fullmatch(new.slug):
        raise BadInput("slug", "Use small letters, digits and hyphens.")
    _refuse_odd_reduction(new)
    if (new.duration is Duration.REPEATING) != (new.months is not None):
        raise BadInput("months", "Say for how many months, or leave them out.")
    if new.months is not None and not 1 <= new.months <= LONGEST_MONTHS:
        raise BadInput("months", f"An offer lasts 1 to {LONGEST_MONTHS} months, or for good.")
    if new.ends_at is not None and new.ends_at <= max(now, new.starts_at or now):
        raise BadInput("until", "The last day must be later than the first, and not over yet.")
    if new.starts_at is not None and new.code is not None:
        raise BadInput("from", "A code works from the moment it is set up.")
    if new.code is not None and not _CODE.fullmatch(new.code):
        raise BadInput("code", "A code has 3 to 40 capital letters, digits or hyphens, such as SPRING.")
    _refuse_odd_limit(new)


def _refuse_odd_reduction(new: NewOffer) -> None:
    if (new.percent_off is None) == (new.amount_off is None):
        raise BadInput("percent", "Say either how many percent or which amount is taken off.")
    if new.percent_off is not None and not 1 <= new.percent_off <= 100:
        raise BadInput("percent", "Take off 1 to 100 percent.")
    if new.percent_off == 100 and new.duration is Duration.FOREVER:
        raise BadInput("percent", "What is free for good is no subscription; give a comp instead.")
    if new.amount_off is not None and new.amount_off.minor <= 0:
        raise BadInput("amount", "Take off more than nothing.")


def _refuse_odd_limit(new: NewOffer) -> None:
    if new.max_redemptions is None:
        return
    if new.code is None:
        raise BadInput("limit", "Only a code can be limited; an introductory offer ends by its last day.")
    if not 1 <= new.max_redemptions <= MOST_REDEMPTIONS:
        raise BadInput("limit", f"A code may be used 1 to {MOST_REDEMPTIONS} times.")


def _refuse_beside_others(session: Session, plan: Plan, offer: Offer | None, new: NewOffer, now: datetime) -> None:
    _refuse_larger_than_prices(plan, new)
    if new.code is not None:
        _refuse_code_twice(session, offer, new.code)
        return
    if plan.trial_days:
        raise BadInput("plan", "This plan has a trial; an offer beside it needs a code.")
    if any(one is not offer for one in introductory_offers(session, plan.id, now)):
        raise BadInput("plan", "This plan has an introductory offer already; end it first.")


def _refuse_larger_than_prices(plan: Plan, new: NewOffer) -> None:
    if new.amount_off is None:
        return
    amounts = [
        price.amount_minor
        for price in plan.prices
        if price.archived_at is None and price.currency == new.amount_off.currency
    ]
    if not amounts:
        raise BadInput("currency", "The plan has no price in this currency.")
    if new.amount_off.minor >= min(amounts):
        raise BadInput("amount", "Take off less than the plan's lowest price.")


def _refuse_code_twice(session: Session, offer: Offer | None, code: str) -> None:
    """Refuse a code that another offer has: at Stripe, one code hands out one thing."""
    same = select(Offer).where(func.upper(Offer.code) == code, Offer.archived_at.is_(None))
    if any(one is not offer for one in session.scalars(same)):
        raise BadInput("code", "Another offer has this code.")


def _bring_to(offer: Offer, plan: Plan, new: NewOffer) -> None:
    offer.plan, offer.percent_off = plan, new.percent_off
    offer.amount_off_minor = new.amount_off.minor if new.amount_off else None
    offer.currency = new.amount_off.currency if new.amount_off else None
    offer.duration, offer.months, offer.code = new.duration, new.months, new.code
    offer.starts_at, offer.ends_at, offer.max_redemptions = new.starts_at, new.ends_at, new.max_redemptions
    offer.archived_at = None
