"""What a change of the plan, a pause and a cancellation would mean, in words."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from paywall.account.tongue import Tongue, every, periods
from paywall.billing.changing.asking import held_to_end
from paywall.billing.changing.choosing import Choice
from paywall.billing.changing.pausing import GoingOn, Pause
from paywall.billing.changing.previewing import Preview
from paywall.billing.changing.rules import Rate, ends_at_once
from paywall.billing.subscriptions.tables import Subscription


@dataclass(frozen=True, slots=True)
class ChoiceCard:
    """Another price, in words."""

    lookup_key: str
    plan: str
    price: str
    every: str
    when: str
    tax_note: str


@dataclass(frozen=True, slots=True)
class PauseOption:
    """A pause, in words; `until` is the day of the next payment."""

    periods: int
    length: str
    until: str


def choice_card(choice: Choice, tongue: Tongue) -> ChoiceCard:
    """Return a choice as it is shown."""
    now = "Begins today; what is left of your present period counts towards it."
    later = "Begins when what you have paid for is used up."
    return ChoiceCard(
        lookup_key=choice.lookup_key,
        plan=choice.plan,
        price=tongue.money(choice.rate.amount_minor, choice.currency),
        every=every(choice.rate),
        when=now if choice.at_once else later,
        tax_note=choice.tax_note or "tax included",
    )


def preview_words(preview: Preview, tongue: Tongue, now: datetime) -> str:
    """Return what is paid today and from when on: `Today you pay 3.27 €. From 24 December 14.99 € a month.`."""
    choice, due = preview.choice, preview.due
    day = tongue.day(preview.starts_at, now) if preview.starts_at else "then on"
    then = f"From {day} {tongue.money(choice.rate.amount_minor, choice.currency)} {every(choice.rate)}"
    if not choice.at_once:
        return f"Nothing today. {then}; until then everything stays."
    today = f"Today you pay {tongue.money(due.minor, due.currency)}." if due.minor else "Nothing today."
    return f"{today} {then}."


def pause_option(one: Pause, rate: Rate, tongue: Tongue, now: datetime) -> PauseOption:
    """Return a pause as it is shown."""
    return PauseOption(one.periods, periods(rate, one.periods), tongue.day(one.until_at, now))


def going_on_words(cost: GoingOn, tongue: Tongue, now: datetime) -> str:
    """Return what it costs to go on before a pause is over."""
    day = tongue.day(cost.next_payment_at, now)
    if cost.due is None:
        return f"Nothing today. Your next payment is on {day}, as before."
    today = tongue.money(cost.due.minor, cost.due.currency)
    return f"Today you pay {today} for a new period, which lasts until {day}."


def until_if_cancelled(session: Session, row: Subscription, tongue: Tongue, now: datetime) -> str:
    """Return until when one who cancels now has paid; empty where that ends it at once."""
    if ends_at_once(held_to_end(session, row), now):
        return ""
    end = row.paid_through_at if row.paid_through_at and row.paid_through_at > now else row.period_end_at
    return tongue.day(end, now) if end else ""
