"""What the account's first line says: the state in a sentence, and below it the one obvious next step."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from babel.dates import format_date

from paywall.billing.catalogue.money import Money
from paywall.billing.subscriptions.status import ENDED, Status
from paywall.billing.subscriptions.tables import Subscription
from paywall.entitlements.rules import Entitlement, Source, Standing, best


class Situation(StrEnum):
    """How a reader stands with the newspaper."""

    NONE = "none"
    ACTIVE = "active"
    TRIALING = "trialing"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    IN_GRACE = "in_grace"
    UNPAID = "unpaid"
    INCOMPLETE = "incomplete"
    COMP = "comp"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Statement:
    """The state in a sentence; what to do next, and where."""

    situation: Situation
    sentence: str
    step: str
    step_path: str

    @property
    def can_cancel(self) -> bool:
        """True where a running subscription could be ended by its reader."""
        return self.situation in (
            Situation.ACTIVE,
            Situation.TRIALING,
            Situation.PAUSED,
            Situation.IN_GRACE,
            Situation.UNPAID,
            Situation.INCOMPLETE,
        )


@dataclass(frozen=True, slots=True)
class Tongue:
    """How dates and money are written here: a Babel locale and the publisher's time zone."""

    locale: str
    timezone: str

    def day(self, at: datetime, now: datetime) -> str:
        """Return a date; the year only where it isn't this one."""
        local = at.astimezone(ZoneInfo(self.timezone))
        pattern = "d MMMM" if local.year == now.astimezone(ZoneInfo(self.timezone)).year else "d MMMM y"
        return format_date(local, pattern, locale=self.locale)

    def money(self, minor: int, currency: str) -> str:
        """Return an amount of money."""
        return Money(minor, currency).format(self.locale)


def state(
    subscription: Subscription | None, entitlements: list[Entitlement], tongue: Tongue, now: datetime
) -> Statement:
    """Return what to tell a reader with these rights and this current subscription."""
    held = next((one for one in entitlements if subscription and one.source_id == subscription.stripe_id), None)
    if held is not None and held.suspended:
        return _suspended()
    if subscription is not None and (told := _of_subscription(subscription, held, tongue, now)):
        return told
    free = best([one for one in entitlements if one.source is Source.COMP], now)
    if free is not None and free.standing is Standing.COMP:
        sentence = f"You read free of charge until {tongue.day(free.valid_until, now)}."
        return Statement(Situation.COMP, sentence, "Go on reading", "/")
    return Statement(Situation.NONE, "You have no subscription.", "See the plans", "/subscribe")


def _of_subscription(  # noqa: PLR0911 - one return for each status reads best
    row: Subscription, held: Entitlement | None, tongue: Tongue, now: datetime
) -> Statement | None:
    until = tongue.day(held.valid_until, now) if held and held.grants_access(now) else ""
    match row.status:
        case Status.PAST_DUE if until:
            return _failed(Situation.IN_GRACE, f"Your last payment failed. You can still read until {until}.")
        case Status.PAST_DUE | Status.UNPAID:
            return _failed(Situation.UNPAID, "Your last payment failed, and your subscription rests until it is made.")
        case Status.INCOMPLETE:
            return _failed(Situation.INCOMPLETE, "Your first payment is not finished yet.")
        case Status.PAUSED:
            return _failed(Situation.PAUSED, "Your subscription is paused.")
        case status if status in ENDED or row.cancels_at:
            return _cancelled(row, until)
        case Status.TRIALING | Status.ACTIVE:
            return _running(row, tongue, now)
        case _:
            return None


def _running(row: Subscription, tongue: Tongue, now: datetime) -> Statement:
    price = tongue.money(row.amount_minor, row.currency)
    if row.collection_is_paused:
        sentence = "Your subscription is paused: nothing is charged."
        until = f" You can read until {tongue.day(row.paid_through_at, now)}." if row.paid_through_at else ""
        return Statement(Situation.PAUSED, sentence + until, "Go on reading", "/")
    at = row.paid_through_at or row.period_end_at
    when = f" {price} on {tongue.day(at, now)}" if at else f" {price}"
    if row.status == Status.TRIALING:
        return Statement(Situation.TRIALING, f"Your trial is running. First payment{when}.", "Go on reading", "/")
    sentence = f"You subscribe {how_often(row)}. Next payment{when}."
    return Statement(Situation.ACTIVE, sentence, "Go on reading", "/")


def _cancelled(row: Subscription, until: str) -> Statement | None:
    if not until:
        return None
    sentence = f"Your subscription is cancelled. You can read until {until}; nothing more is charged."
    if row.status in ENDED:
        return Statement(Situation.CANCELLED, sentence, "Subscribe again", "/subscribe")
    return Statement(Situation.CANCELLED, sentence, "Resume your subscription", "/account/subscription/resumption")


def _failed(situation: Situation, sentence: str) -> Statement:
    return Statement(situation, sentence, "Put the payment right", "/account/payment")


def _suspended() -> Statement:
    sentence = "Your access is suspended while a payment is in dispute."
    return Statement(Situation.SUSPENDED, sentence, "See the payment", "/account/payment")


def how_often(row: Subscription) -> str:
    """Return the billing interval as people say it."""
    if row.interval_count == 1:
        return {"month": "monthly", "year": "yearly", "week": "weekly", "day": "daily"}.get(row.interval, row.interval)
    return f"every {row.interval_count} {row.interval}s"
