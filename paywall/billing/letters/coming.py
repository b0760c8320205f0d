"""Letters about what is to come: the full price, a renewal after a long while, a card that runs out."""

from collections.abc import Iterator
from functools import partial

from paywall.billing.letters.case import Case
from paywall.billing.letters.rules import (
    CARD_NOTICE,
    PRICE_NOTICE,
    RENEWAL_NOTICE,
    card_ends_at,
    comes_seldom,
    is_due_before,
)
from paywall.billing.letters.sheet import Due, Sheet
from paywall.billing.letters.starting import terms
from paywall.billing.subscriptions.pricing import next_payment
from paywall.billing.subscriptions.reading import card_of
from paywall.billing.subscriptions.status import Status
from paywall.letters.rules import Values

CARD_EXPIRING = "billing_card_expiring"


def discount_ending(case: Case) -> Iterator[Due]:
    """Tell the price of the next period in time, where the present one was cheaper."""
    row, paid = case.row, [one for one in case.invoices if one.status == "paid" and one.paid_minor]
    if not case.renews or row.next_change_at or not row.period_end_at or not paid or not paid[-1].discount_minor:
        return
    is_dearer = next_payment(row).minor > paid[-1].paid_minor
    if is_dearer and is_due_before(row.period_end_at, PRICE_NOTICE, case.now):
        cause = f"{row.stripe_id}:{int(row.period_end_at.timestamp())}"
        yield Due("billing_discount_ending", cause, partial(terms, case))


def renewing(case: Case) -> Iterator[Due]:
    """Announce a renewal that comes seldom, early enough to end it without haste."""
    row = case.row
    if row.status != Status.ACTIVE or not case.renews or not row.period_end_at:
        return
    if comes_seldom(row.interval, row.interval_count) and is_due_before(row.period_end_at, RENEWAL_NOTICE, case.now):
        cause = f"{row.stripe_id}:{int(row.period_end_at.timestamp())}"
        yield Due("billing_renewing", cause, partial(terms, case))


def card_expiring(case: Case) -> Iterator[Due]:
    """Ask for another card before the present one stops working."""
    row = case.row
    if not case.renews or not row.card_exp_year or not row.card_exp_month:
        return
    if is_due_before(card_ends_at(row.card_exp_year, row.card_exp_month), CARD_NOTICE, case.now):
        cause = f"{row.stripe_id}:{row.card_exp_year}-{row.card_exp_month}:{row.card_last4}"
        yield Due(CARD_EXPIRING, cause, partial(_card_expiring, case))


def _card_expiring(case: Case, sheet: Sheet) -> Values:
    row = case.row
    return {
        **terms(case, sheet),
        "card": card_of(row),
        "card_number": row.card_last4 or "",
        "card_ends": f"{row.card_exp_month:02}/{row.card_exp_year}",
        "card_url": sheet.card_url,
    }
