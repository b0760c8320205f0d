"""The cards of the subscription page: each plan with its prices in one currency, said before anything is clicked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from paywall.billing.catalogue.beginnings import VISITOR, Standing, beginning_of
from paywall.billing.catalogue.money import Money
from paywall.billing.catalogue.plans import Interval, Plan, Price, plans_of
from paywall.billing.catalogue.wording import adverb, begins, every, tax_words, trial_promise
from paywall.database import Database
from paywall.publishers.rules import Profile


@dataclass(frozen=True, slots=True)
class PriceCard:
    """One way to pay, in words; `saving`, `begins` and `promise` are empty where there is none."""

    lookup_key: str
    price: str
    every: str
    tax_note: str
    saving: str
    begins: str
    """What is paid first where that is not the price: a trial, an introductory offer."""
    promise: str
    """Until when a trial may be left for nothing."""
    button: str


@dataclass(frozen=True, slots=True)
class PlanCard:
    """What one gets, and the ways to pay for it."""

    name: str
    description: str
    prices: tuple[PriceCard, ...]


@dataclass(frozen=True, slots=True)
class Cards:
    """A publisher's plans as somebody sees them; `currencies` are the ones to choose among, at least the shown one."""

    plans: tuple[PlanCard, ...]
    currency: str
    currencies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """Who looks at the plans, when, and in which currency if one was asked for."""

    now: datetime
    standing: Standing = VISITOR
    currency: str = ""


def plan_cards(database: Database, publisher: Profile, look: Look) -> Cards:
    """Return the plans in the order they are shown; those without a price in the currency are left out."""
    with database.reading() as session:
        plans = plans_of(session, publisher.id)
        sold = list(dict.fromkeys(price.currency for plan in plans for price in _live(plan)))
        currency, currencies = choose_currency(sold, look.currency, look.standing.currency)
        made = [_plan_card(session, plan, publisher, currency, look) for plan in plans]
    return Cards(tuple(card for card in made if card.prices), currency, currencies)


def choose_currency(sold: Sequence[str], asked: str, paid_before: str | None) -> tuple[str, tuple[str, ...]]:
    """Return the currency to show and those to choose among; the publisher's first where nothing else is known.

    Who has paid in a currency that is still sold sees only that one: Stripe takes one currency from one customer.
    """
    if paid_before in sold:
        return str(paid_before), (str(paid_before),)
    shown = asked.upper() if asked.upper() in sold else next(iter(sold), "")
    return shown, tuple(sold)


def _live(plan: Plan) -> list[Price]:
    return [price for price in plan.prices if price.archived_at is None]


def _plan_card(session: Session, plan: Plan, publisher: Profile, currency: str, look: Look) -> PlanCard:
    prices = [price for price in _live(plan) if price.currency == currency]
    cards = tuple(_price_card(session, price, prices, publisher, look) for price in prices)
    return PlanCard(plan.name, plan.description, cards)


def _price_card(session: Session, price: Price, beside: list[Price], publisher: Profile, look: Look) -> PriceCard:
    saved = saving(price, beside)
    beginning = beginning_of(session, price, look.standing, look.now)
    return PriceCard(
        lookup_key=price.lookup_key,
        price=price.money.format(publisher.language),
        every=every(price),
        tax_note=tax_words(price),
        saving=f"Saves {saved.format(publisher.language)} a year" if saved else "",
        begins=begins(price, beginning, publisher.language),
        promise=trial_promise(beginning, look.now, publisher.timezone, publisher.language),
        button=f"Subscribe {adverb(price)}",
    )


def saving(price: Price, beside: list[Price]) -> Money | None:
    """Return what a yearly price saves against twelve months at the monthly one; None if nothing, or none is beside."""
    if price.interval != Interval.YEAR or price.interval_count != 1:
        return None
    for other in beside:
        if other.interval == Interval.MONTH and other.interval_count == 1 and other.currency == price.currency:
            saved = other.money * 12 - price.money
            return saved if saved.minor > 0 else None
    return None
