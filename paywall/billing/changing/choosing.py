"""What else a subscriber may choose: the publisher's other prices in the same currency, and when each would begin."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from paywall.billing.catalogue.plans import Price, prices_of
from paywall.billing.changing.asking import held
from paywall.billing.changing.rules import Rate, takes_effect_now
from paywall.billing.parts import Billing
from paywall.billing.subscriptions.reading import current_subscription
from paywall.billing.subscriptions.status import Status
from paywall.billing.subscriptions.tables import Subscription
from paywall.errors import NotFound, PaywallError


class CannotChangeNow(PaywallError):
    """Your subscription can't be changed just now; your account page says what comes first."""

    status = 409
    code = "cannot_change_now"


class NotAChoice(NotFound):
    """That price is not on offer for your subscription. Choose one of those shown."""

    code = "not_a_choice"


@dataclass(frozen=True, slots=True)
class Choice:
    """Another price; `at_once` tells an upgrade from what begins with the next period."""

    lookup_key: str
    plan: str
    rate: Rate
    currency: str
    at_once: bool
    tax_note: str = ""


def choices(session: Session, row: Subscription, now: datetime) -> list[Choice]:
    """Return what a subscription may be changed to, in the order in which the publisher shows it."""
    if not may_change(row, now):
        return []
    fitting = [one for one in prices_of(session, row.publisher_id) if _fits(one, row)]
    return [_choice(one, row, now) for one in fitting]


def may_change(row: Subscription, now: datetime) -> bool:
    """Tell whether a subscription runs undisturbed: nothing owed, nothing cancelled, nothing else about to change."""
    is_disturbed = row.cancels_at or row.collection_is_paused or row.has_pending_update or row.next_price_id
    runs = row.status == Status.TRIALING or (row.status == Status.ACTIVE and held(row).is_paid_for(now))
    return runs and not is_disturbed


def choose(billing: Billing, reader_id: int, lookup_key: str, now: datetime) -> tuple[Subscription, Choice]:
    """Return a reader's subscription and the price chosen for it; raises CannotChangeNow and NotAChoice."""
    with billing.database.reading() as session:
        row = current_subscription(session, reader_id)
        if row is None or not may_change(row, now):
            raise CannotChangeNow
        chosen = next((one for one in choices(session, row, now) if one.lookup_key == lookup_key), None)
    if chosen is None:
        raise NotAChoice
    return row, chosen


def _fits(price: Price, row: Subscription) -> bool:
    return price.currency == row.currency and price.lookup_key != row.lookup_key


def _choice(price: Price, row: Subscription, now: datetime) -> Choice:
    rate = Rate(price.amount_minor, price.interval, price.interval_count)
    at_once = takes_effect_now(held(row), rate, now)
    return Choice(price.lookup_key, price.plan.name, rate, price.currency, at_once, price.tax_note)
