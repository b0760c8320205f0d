"""What the account's first line says: each situation in a sentence, and below it the one obvious next step."""

from collections.abc import Callable

from paywall.account.situation import Situation, situation_of
from paywall.account.statement import Statement, Step, Telling
from paywall.account.tongue import every
from paywall.billing.changing.rules import charged_again_at
from paywall.billing.subscriptions.pricing import next_payment
from paywall.entitlements.rules import Source

READ_ON = Step("Go on reading", "/")
SUBSCRIBE = Step("See the plans", "/subscribe")
SUBSCRIBE_AGAIN = Step("Subscribe again", "/subscribe")
PAY = Step("Pay now", "/account/payment/open")
CONFIRM = Step("Confirm the payment", "/account/payment/open")
RESUME = Step("Resume your subscription", "/account/subscription/resumption", is_deed=True)
KEEP_PLAN = Step("Keep the present plan", "/account/subscription/change/undoing", is_deed=True)
GO_ON = Step("Resume your subscription", "/account/subscription/continuation")
ADD_CARD = Step("Add a card", "/account/payment")
SEE_INVOICES = Step("See the invoices", "#invoices")

Said = tuple[str, Step]


def _none(_: Telling) -> Said:
    return "You have no subscription.", SUBSCRIBE


def _comp(telling: Telling) -> Said:
    comp = telling.facts.comp(telling.now)
    if comp and comp.source is Source.IMPORT:
        return f"You read until {telling.day(comp.valid_until)}; that is paid for.", READ_ON
    return f"You read free of charge until {telling.day(comp.valid_until if comp else None)}.", READ_ON


def _trialing(telling: Telling) -> Said:
    end = telling.row.trial_end_at or telling.now
    left = telling.tongue.days_left(end, telling.now)
    runs = {0: "ends today", 1: "ends tomorrow"}.get(left, f"runs for {left} more days")
    return f"Your trial {runs}. First payment {telling.next_payment}.", READ_ON


def _active(telling: Telling) -> Said:
    return f"You subscribe {telling.often}. Next payment {telling.next_payment}.", READ_ON


def _discounted(telling: Telling) -> Said:
    row, lower = telling.row, next_payment(telling.row).format(telling.tongue.locale)
    full = telling.money(row.amount_minor)
    ends = row.discount_ends_at
    price = f"{lower} until {telling.day(ends)}, then {full}" if ends else f"{lower} instead of {full}"
    return f"You subscribe {telling.often} for {price}. Next payment {telling.next_payment}.", READ_ON


def _change_waits(_: Telling) -> Said:
    return "Your change waits for its payment. Until it is made, everything stays as it is.", PAY


def _changes_later(telling: Telling) -> Said:
    rate, begins = telling.next_rate, telling.day(telling.row.next_change_at)
    price = f"you pay {telling.money(rate.amount_minor)} {every(rate)}" if rate else "your new plan begins"
    return f"You subscribe {telling.often}. From {begins} {price}; until then everything stays.", KEEP_PLAN


def _on_its_way(telling: Telling) -> Said:
    then = "You can read meanwhile." if telling.reads_until else "Reading opens as soon as it arrives."
    return f"Your payment{telling.of_what_waits} is on its way, which takes a bank a few days. {then}", READ_ON


def _paused(telling: Telling) -> Said:
    row = telling.row
    if row.is_paused_for_dispute:
        return "Renewals rest while your bank looks into a payment that was disputed.", SEE_INVOICES
    until = f" until {telling.day(charged_again_at(row.resumes_at))}, when it goes on" if row.resumes_at else ""
    begins = f". You can read until {telling.paid_until}; " if telling.paid_until else ": "
    return f"Your subscription is paused{begins}nothing is charged{until}.", GO_ON


def _cancellation_noted(telling: Telling) -> Said:
    reads = f" You can read until {telling.paid_until}." if telling.paid_until else ""
    asked = telling.day(telling.facts.noted_at)
    return (
        f"Your cancellation is noted as of {asked}.{reads} The payment service is out of reach just now; "
        "we write to you once it is done, and nothing more is charged."
    ), READ_ON


def _cancelled(telling: Telling) -> Said:
    until = telling.paid_until or telling.day(telling.row.cancels_at)
    return f"Your subscription is cancelled. You can read until {until}; nothing more is charged.", RESUME


def _in_grace(telling: Telling) -> Said:
    return f"Your last payment{telling.of_what_waits} failed. You can still read until {telling.reads_until}.", PAY


def _unpaid(telling: Telling) -> Said:
    return f"Your last payment{telling.of_what_waits} failed, and your subscription rests until it is made.", PAY


def _action_required(telling: Telling) -> Said:
    reads = f" You can still read until {telling.reads_until}." if telling.reads_until else ""
    return f"Your bank wants you to confirm your payment{telling.of_what_waits}.{reads}", CONFIRM


def _first_unfinished(_: Telling) -> Said:
    return "Your first payment is not finished yet.", Step("Finish the payment", PAY.path)


def _trial_over(_: Telling) -> Said:
    return "Your trial is over, and there is no card to go on with. Nothing is charged.", ADD_CARD


def _refunded(telling: Telling) -> Said:
    return (
        f"Your last payment was given back, and reading ended with it. Next payment {telling.next_payment}.",
        SEE_INVOICES,
    )


def _disputed(_: Telling) -> Said:
    return "Your access is suspended while your bank looks into a payment that was disputed.", SEE_INVOICES


def _ended_but_paid(telling: Telling) -> Said:
    return f"Your subscription has ended. You can read until {telling.reads_until}.", SUBSCRIBE_AGAIN


def _ended(telling: Telling) -> Said:
    return (
        f"Your subscription ended on {telling.day(telling.row.ended_at or telling.row.paid_through_at)}.",
        SUBSCRIBE_AGAIN,
    )


def _ended_unpaid(telling: Telling) -> Said:
    ended, _ = _ended(telling)
    return f"{ended.removesuffix('.')}, because the payment for it failed.", SUBSCRIBE_AGAIN


def _ended_refunded(_: Telling) -> Said:
    return "Your last payment was given back, and your subscription has ended.", SUBSCRIBE_AGAIN


def _ended_disputed(_: Telling) -> Said:
    return "Your bank took a payment back, and your subscription ended with it.", SUBSCRIBE_AGAIN


def _customer_deleted(_: Telling) -> Said:
    return "Your payment details were deleted, and your subscription ended with them.", SUBSCRIBE_AGAIN


def _unknown(_: Telling) -> Said:
    return "We can’t tell just now how your subscription stands. The newspaper has been told.", SEE_INVOICES  # noqa: RUF001


SENTENCES: dict[Situation, Callable[[Telling], Said]] = {
    Situation.NONE: _none,
    Situation.COMP: _comp,
    Situation.TRIALING: _trialing,
    Situation.ACTIVE: _active,
    Situation.DISCOUNTED: _discounted,
    Situation.CHANGE_WAITS_FOR_PAYMENT: _change_waits,
    Situation.CHANGES_LATER: _changes_later,
    Situation.PAYMENT_ON_ITS_WAY: _on_its_way,
    Situation.PAUSED: _paused,
    Situation.CANCELLATION_NOTED: _cancellation_noted,
    Situation.CANCELLED: _cancelled,
    Situation.IN_GRACE: _in_grace,
    Situation.UNPAID: _unpaid,
    Situation.ACTION_REQUIRED: _action_required,
    Situation.FIRST_PAYMENT_UNFINISHED: _first_unfinished,
    Situation.TRIAL_OVER_WITHOUT_CARD: _trial_over,
    Situation.REFUNDED: _refunded,
    Situation.DISPUTED: _disputed,
    Situation.ENDED_BUT_PAID: _ended_but_paid,
    Situation.ENDED: _ended,
    Situation.ENDED_UNPAID: _ended_unpaid,
    Situation.ENDED_REFUNDED: _ended_refunded,
    Situation.ENDED_DISPUTED: _ended_disputed,
    Situation.CUSTOMER_DELETED: _customer_deleted,
    Situation.UNKNOWN: _unknown,
}


def state(telling: Telling) -> Statement:
    """Return what to tell a reader."""
    situation = situation_of(telling.facts, telling.now)
    sentence, step = SENTENCES[situation](telling)
    return Statement(situation, sentence, step)
