"""Putting a plan on sale, or changing it; older subscribers keep what Stripe charges them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from paywall import changes, clock
from paywall.billing.catalogue import money
from paywall.billing.catalogue.money import Money
from paywall.billing.catalogue.offers import introductory_offers
from paywall.billing.catalogue.plans import LOOKUP_KEY, Interval, Plan, Price, plan_by_slug, plans_of
from paywall.billing.subscriptions.status import ENDED, GRACE_DAYS
from paywall.billing.subscriptions.tables import Subscription
from paywall.database import Database
from paywall.errors import BadInput
from paywall.publishers.tables import Publisher

LARGEST_MINOR = 99_999_999
"""The most that Stripe takes for one price."""

LONGEST_TRIAL_DAYS = 730
"""The longest trial that Stripe begins."""

MOST_INTERVALS = {Interval.DAY: 1095, Interval.WEEK: 156, Interval.MONTH: 36, Interval.YEAR: 3}
"""The longest billing period that Stripe takes is three years, in whatever unit."""

_PERCENT = re.compile(r"[0-9]{1,2}(\.[0-9]{1,2})?")
_WRITTEN = re.compile(r"(?P<amount>[^/:]+)/(?P<count>[0-9]{0,4})(?P<word>[a-z]+?)s?(?::(?P<currency>[^/:]+))?")


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
    trial_days: int = 0
    tax_basis_points: int = 0


def read_price(written: str, currency: str | None, tax_note: str = "") -> NewPrice:
    """Return the price that somebody wrote: `4.99/month`, `12.90/quarter`, `20/2weeks`, `5.49/month:USD`.

    `currency` is for a price that names none. Raises BadInput naming `price`, `amount` or `currency`.
    """
    found = _WRITTEN.fullmatch(written)
    interval, times = _interval(found["word"]) if found else (None, 1)
    if found is None or interval is None:
        raise BadInput("price", "Write a price as 4.99/month, 49.90/year, 12.90/quarter, 2/week or 5.49/month:USD.")
    amount = money.parse(found["amount"], found["currency"] or currency or "")
    return NewPrice(interval, amount, int(found["count"] or 1) * times, tax_note)


def _interval(word: str) -> tuple[Interval | None, int]:
    if word == "quarter":
        return Interval.MONTH, 3
    return (Interval(word), 1) if word in set(Interval) else (None, 1)


def read_tax(percent: str) -> int:
    """Return the basis points of a percentage that somebody wrote, `18` or `7.5`; raises BadInput naming `tax`."""
    if not _PERCENT.fullmatch(percent):
        raise BadInput("tax", "Write the tax in percent with at most two decimals, such as 18 or 7.5.")
    return int(Decimal(percent) * 100)


def lookup_key(publisher_slug: str, plan_slug: str, price: NewPrice) -> str:
    """Return the key by which Stripe knows a price; two months are `month2`."""
    interval = str(price.interval) + (str(price.interval_count) if price.interval_count > 1 else "")
    return f"{publisher_slug}:{plan_slug}:{interval}:{price.money.currency.lower()}"


def put_on_sale(database: Database, publisher_id: int, new: NewPlan) -> list["Keeping"]:
    """Make a plan or change it, in a transaction of its own; Stripe hears of it by `paywall stripe setup`.

    Returns who keeps an earlier price. Raises BadInput as `set_up_plan` does.
    """
    with database.writing() as session:
        plan = set_up_plan(session, session.get_one(Publisher, publisher_id), new)
        return who_keep_their_price(session, plan)


def set_up_plan(session: Session, publisher: Publisher, new: NewPlan) -> Plan:
    """Make a plan or bring it to what is asked: prices not named any more are archived. Safe to repeat; flushes.

    Raises BadInput naming `name`, `slug`, `amount`, `price`, `trial_days` or `tax`.
    """
    _refuse_odd(publisher.slug, new)
    plan = plan_by_slug(session, publisher.id, new.slug)
    if plan is not None and new.trial_days and introductory_offers(session, plan.id, clock.now()):
        raise BadInput("trial_days", "This plan has an introductory offer; end it before giving a trial.")
    plan = plan or _add_plan(session, publisher.id, new.slug)
    plan.name, plan.description, plan.grace_days, plan.archived_at = new.name, new.description, new.grace_days, None
    plan.trial_days, plan.tax_basis_points = new.trial_days, new.tax_basis_points
    known = {price.lookup_key: price for price in plan.prices}
    wanted = {lookup_key(publisher.slug, new.slug, price): price for price in new.prices}
    for position, (key, price) in enumerate(wanted.items()):
        _bring_to(known.get(key) or _add_price(plan, key), price, position)
    for key in known.keys() - wanted.keys():
        known[key].archived_at = known[key].archived_at or clock.now()
    changes.record(session, publisher.id, changes.ChangeKind.PUBLISHER, publisher.id)
    session.flush()
    return plan


@dataclass(frozen=True, slots=True)
class Keeping:
    """So many subscribers who go on paying what they pay, though new ones pay something else."""

    subscribers: int
    money: Money
    price: Price


def who_keep_their_price(session: Session, plan: Plan) -> list[Keeping]:
    """Return the living subscriptions of a plan whose amount is not that of its price any more, one row an amount."""
    return [
        Keeping(count, Money(minor, price.currency), price)
        for price in plan.prices
        for minor, count in _living(session, price.lookup_key)
        if minor != price.amount_minor
    ]


def _living(session: Session, key: str) -> Sequence[Row[int, int]]:
    ended = [str(status) for status in ENDED]
    living = Subscription.lookup_key == key, Subscription.status.not_in(ended)
    query = select(Subscription.amount_minor, func.count()).where(*living)
    return session.execute(query.group_by(Subscription.amount_minor).order_by(Subscription.amount_minor)).all()


def _refuse_odd(publisher_slug: str, new: NewPlan) -> None:
    if not new.name.strip():
        raise BadInput("name", "Give the plan a name.")
    if not 0 <= new.trial_days <= LONGEST_TRIAL_DAYS:
        raise BadInput("trial_days", f"A trial has 1 to {LONGEST_TRIAL_DAYS} days; 0 means none.")
    if not 0 <= new.tax_basis_points < 10_000:
        raise BadInput("tax", "The tax that a price includes is below 100 %.")
    for price in new.prices:
        _refuse_odd_price(lookup_key(publisher_slug, new.slug, price), price)


def _refuse_odd_price(key: str, price: NewPrice) -> None:
    if not 1 <= price.interval_count <= MOST_INTERVALS[price.interval]:
        raise BadInput("price", "A billing period lasts at least one day and at most three years.")
    if not LOOKUP_KEY.fullmatch(key):
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
