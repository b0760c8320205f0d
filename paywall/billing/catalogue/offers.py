"""How offers are put into words: the cards of the subscription page and the price at the end of a preview."""

from dataclasses import dataclass

from paywall.billing.catalogue.money import Money
from paywall.billing.catalogue.plans import Interval, Plan, Price, plans_of, prices_of
from paywall.changes import Change, ChangeKind
from paywall.database import Database
from paywall.publishers.rules import Profile


@dataclass(frozen=True, slots=True)
class Offer:
    """What an invitation says of the price."""

    price_line: str


@dataclass(frozen=True, slots=True)
class PriceCard:
    """One way to pay, in words; `saving` is empty where there is none."""

    lookup_key: str
    price: str
    every: str
    tax_note: str
    saving: str
    button: str


@dataclass(frozen=True, slots=True)
class PlanCard:
    """What one gets, and the ways to pay for it."""

    name: str
    description: str
    prices: tuple[PriceCard, ...]


class Offers:
    """Answers "what does it cost?" from memory; forgets when it hears of a change. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[int, Offer | None] = {}

    def of(self, publisher: Profile) -> Offer | None:
        """Return what an invitation of that publisher says; None while it has no price."""
        if publisher.id not in self._kept:
            with self._database.reading() as session:
                prices = prices_of(session, publisher.id)
            self._kept[publisher.id] = Offer(price_line(prices[0], publisher.language)) if prices else None
        return self._kept.get(publisher.id)

    def hear(self, change: Change) -> None:
        """Forget what a publisher's offer was."""
        if change.kind is ChangeKind.PUBLISHER:
            self._kept.pop(change.publisher_id, None)


def price_line(price: Price, language: str) -> str:
    """Return the price in one line: `4.99 ₼ a month, cancel any time`."""
    return f"{price.money.format(language)} {every(price)}, cancel any time"


def every(price: Price) -> str:
    """Return how often a price is paid: `a month`, `every 3 months`."""
    return f"a {price.interval}" if price.interval_count == 1 else f"every {price.interval_count} {price.interval}s"


def plan_cards(database: Database, publisher: Profile) -> list[PlanCard]:
    """Return a publisher's offer in the order it is shown; plans without a price are left out."""
    with database.reading() as session:
        cards = [_plan_card(plan, publisher.language) for plan in plans_of(session, publisher.id)]
    return [card for card in cards if card.prices]


def _plan_card(plan: Plan, language: str) -> PlanCard:
    prices = [price for price in plan.prices if price.archived_at is None]
    return PlanCard(plan.name, plan.description, tuple(_price_card(price, prices, language) for price in prices))


def _price_card(price: Price, beside: list[Price], language: str) -> PriceCard:
    saved = saving(price, beside)
    return PriceCard(
        lookup_key=price.lookup_key,
        price=price.money.format(language),
        every=every(price),
        tax_note=price.tax_note or "tax included",
        saving=f"Saves {saved.format(language)} a year" if saved else "",
        button=_button(price),
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


def _button(price: Price) -> str:
    if price.interval_count > 1:
        return f"Subscribe, paying {every(price)}"
    return {Interval.MONTH: "Subscribe by the month", Interval.YEAR: "Subscribe by the year"}[Interval(price.interval)]
