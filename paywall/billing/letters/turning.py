"""Letters about turns of a subscription: cancelled, ended, another plan, paused, going on."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from paywall.billing.letters.case import Case
from paywall.billing.letters.paying import reading_until
from paywall.billing.letters.rules import is_news
from paywall.billing.letters.sheet import Due, Sheet
from paywall.billing.letters.starting import terms
from paywall.billing.subscriptions.reading import is_paused_by_choice
from paywall.billing.subscriptions.status import RUNNING, Status
from paywall.billing.subscriptions.tables import Subscription
from paywall.letters.rules import Values

_AT_THE_BANK = ("payment_failed", "payment_disputed")


def cancelled(case: Case) -> Iterator[Due]:
    """Confirm that nothing more will be charged."""
    row = case.row
    if not row.canceled_at or not is_news(row.canceled_at, case.now) or case.trial_was_refused:
        return
    if row.status != Status.INCOMPLETE_EXPIRED and row.ended_because not in _AT_THE_BANK:
        cause = f"{row.stripe_id}:{int(row.canceled_at.timestamp())}"
        yield Due("billing_cancelled", cause, partial(_cancelled, row, case))


def ended(case: Case) -> Iterator[Due]:
    """Say that a subscription has ended because it was not paid: for good, or until it is."""
    row = case.row
    is_over = row.status == Status.CANCELED and row.ended_because in _AT_THE_BANK
    if is_over and row.ended_at and is_news(row.ended_at, case.now):
        yield Due("billing_ended", row.stripe_id, partial(_ended, case))
    if row.status == Status.UNPAID and case.past:
        yield Due("billing_ended", f"{row.stripe_id}:{row.latest_invoice_id}", partial(_ended, case))


def plan_changed(case: Case) -> Iterator[Due]:
    """Say what one subscribes to now, and what the next payment will be."""
    row, past = case.row, case.past
    if past and past.price_id != row.price_id and row.status in RUNNING:
        cause = f"{row.stripe_id}:{row.price_id}:{row.latest_invoice_id}"
        yield Due("billing_plan_changed", cause, partial(terms, case))


def change_scheduled(case: Case) -> Iterator[Due]:
    """Say from when another plan will hold."""
    row = case.row
    if row.next_price_id and row.next_change_at and row.next_price_id != row.price_id and case.now < row.next_change_at:
        cause = f"{row.schedule_id}:{row.next_price_id}"
        yield Due("billing_change_scheduled", cause, partial(_change_scheduled, case))


def paused(case: Case) -> Iterator[Due]:
    """Say that nothing is charged for a while, and from when again."""
    row = case.row
    if row.status == Status.PAUSED:
        yield Due("billing_paused", f"{row.stripe_id}:trial", partial(_paused, case))
    was_paused = case.past is not None and case.past.is_paused
    if is_paused_by_choice(row) and not was_paused and row.status == Status.ACTIVE:
        yield Due("billing_paused", _pause(row, row.resumes_at), partial(_paused, case))


def resumed(case: Case) -> Iterator[Due]:
    """Say that the subscription goes on."""
    row, past = case.row, case.past
    if past and past.is_paused and not row.collection_is_paused and row.status == Status.ACTIVE:
        yield Due("billing_resumed", _pause(row, past.resumes_at), partial(terms, case))


def _pause(row: Subscription, resumes_at: datetime | None) -> str:
    """Name a pause by when it ends; one without an end by the invoice before it."""
    return f"{row.stripe_id}:{int(resumes_at.timestamp()) if resumes_at else row.latest_invoice_id}"


def _cancelled(row: Subscription, case: Case, sheet: Sheet) -> Values:
    until = reading_until(case, sheet)
    return {
        "until": until,
        "revocable": bool(until) and not row.ended_at,
        "account_url": sheet.account_url,
        "subscribe_url": sheet.subscribe_url,
    }


def _ended(case: Case, sheet: Sheet) -> Values:
    wanted = [one for one in case.invoices if one.status == "open"]
    can_pay = case.row.status == Status.UNPAID and bool(wanted)
    return {
        "disputed": case.row.ended_because == "payment_disputed",
        "pay_url": sheet.pay_url(wanted[-1]) if can_pay else "",
        "subscribe_url": sheet.subscribe_url,
    }


def _change_scheduled(case: Case, sheet: Sheet) -> Values:
    row = case.row
    from_day, plan = sheet.day(row.next_change_at or case.now), sheet.plan_name(row.next_lookup_key)
    price = sheet.price(row.next_lookup_key)
    return {**terms(case, sheet), "from_day": from_day, "next_plan": plan, "next_price": price}


def _paused(case: Case, sheet: Sheet) -> Values:
    row = case.row
    return {
        "trial": row.status == Status.PAUSED,
        "until": reading_until(case, sheet),
        "resumes": sheet.day(row.resumes_at) if row.resumes_at else "",
        "price": sheet.rate(row),
        "account_url": sheet.account_url,
        "card_url": sheet.card_url,
    }
