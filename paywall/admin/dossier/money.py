"""The money of a reader: subscriptions, invoices, and each movement, as lines of tables."""

from collections.abc import Iterable
from dataclasses import dataclass

from paywall.admin.dossier.facts import Facts
from paywall.admin.dossier.words import STATUSES, bill_state
from paywall.admin.ground.days import Days, Moment
from paywall.admin.subscribers.showing.words import State, Tone
from paywall.billing.catalogue.money import Money
from paywall.billing.catalogue.wording import paid
from paywall.billing.ledger.months import GONE_BACK
from paywall.billing.ledger.moving import Moved
from paywall.billing.subscriptions.reading import card_of
from paywall.billing.subscriptions.status import LOST
from paywall.billing.subscriptions.tables import Invoice, Subscription


@dataclass(frozen=True, slots=True)
class SubscriptionLine:
    """A subscription; `next` says what comes."""

    stripe_id: str
    customer_id: str
    plan: str
    price: str
    state: State
    since: Moment
    paid_through: Moment | None
    following: str
    card: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """An invoice with what was paid on it and what went back."""

    stripe_id: str
    number: str
    day: Moment
    total: str
    paid: str
    given_back: str
    state: State


@dataclass(frozen=True, slots=True)
class MovedWords:
    """A movement in words: what it was, the amount with its sign."""

    what: str
    money: str
    tone: Tone


def subscription_lines(facts: Facts, days: Days) -> list[SubscriptionLine]:
    """Return a line for each subscription, the current one first."""
    return [_subscription(row, facts, days) for row in facts.subscriptions]


def invoice_lines(invoices: Iterable[Invoice], days: Days) -> list[InvoiceLine]:
    """Return a line for each invoice."""
    return [_invoice(row, days) for row in invoices]


def moved_words(moved: Moved) -> MovedWords:
    """Return what a movement of money was."""
    amount = moved.money.format("en")
    if moved.kind == "payment":
        return MovedWords("Payment", amount, Tone.GOOD)
    if moved.kind == "refund":
        went = moved.status in GONE_BACK
        return MovedWords("Refund" if went else f"Refund {moved.status}", f"−{amount}", Tone.WATCH)  # noqa: RUF001
    word = {LOST: "lost", "won": "won"}.get(moved.status, "opened")
    return MovedWords(f"Dispute {word}", amount, Tone.GOOD if word == "won" else Tone.BAD)


def _subscription(row: Subscription, facts: Facts, days: Days) -> SubscriptionLine:
    return SubscriptionLine(
        stripe_id=row.stripe_id,
        customer_id=row.customer_id,
        plan=facts.plans.get(row.lookup_key or "", row.lookup_key or row.price_id),
        price=paid(Money(row.amount_minor, row.currency), row.interval, row.interval_count, "en"),
        state=STATUSES.get(row.status, State(row.status, Tone.BAD)),
        since=days.on(row.created_at),
        paid_through=days.on(row.paid_through_at) if row.paid_through_at else None,
        following=_following(row, days),
        card=card_of(row),
        is_current=row.is_current,
    )


def _following(row: Subscription, days: Days) -> str:
    if row.ended_at:
        return f"ended {days.day(row.ended_at)}"
    if row.cancels_at:
        return f"ends {days.day(row.cancels_at)}"
    if row.collection_is_paused:
        return f"paused until {days.day(row.resumes_at)}" if row.resumes_at else "paused"
    return f"renews {days.day(row.period_end_at)}" if row.period_end_at else ""


def _invoice(row: Invoice, days: Days) -> InvoiceLine:
    return InvoiceLine(
        stripe_id=row.stripe_id,
        number=row.number or row.stripe_id,
        day=days.on(row.created_at),
        total=Money(row.total_minor, row.currency).format("en"),
        paid=Money(row.paid_minor, row.currency).format("en") if row.paid_minor else "",
        given_back=Money(row.refunded_minor, row.currency).format("en") if row.refunded_minor else "",
        state=bill_state(row),
    )
