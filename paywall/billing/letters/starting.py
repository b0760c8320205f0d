"""Letters of a beginning: subscribed, a trial that ends, a trial that can't be had, a payment that takes days."""

from collections.abc import Iterator
from functools import partial

from paywall.billing.letters.case import Case
from paywall.billing.letters.rules import is_news, latest, trial_moments
from paywall.billing.letters.sheet import Due, Sheet
from paywall.billing.subscriptions.pricing import next_payment
from paywall.billing.subscriptions.status import RUNNING, Status
from paywall.billing.subscriptions.tables import Invoice
from paywall.letters.rules import Values


def started(case: Case) -> Iterator[Due]:
    """Say that the full edition is open, and on which terms; it is the receipt of the first payment, too."""
    row = case.row
    if row.status in RUNNING and row.paid_through_at:
        since = next((one.paid_at for one in case.invoices if one.paid_at), None) or row.created_at
        if is_news(since, case.now):
            yield Due("billing_started", row.stripe_id, partial(_started, case))


def trial_ending(case: Case) -> Iterator[Due]:
    """Remind of the first payment in time."""
    row = case.row
    if row.status != Status.TRIALING or not row.trial_end_at or not case.renews or case.now >= row.trial_end_at:
        return
    moment = latest(trial_moments(row.created_at, row.trial_end_at), case.now)
    if moment:
        days = (row.trial_end_at - moment).days
        cause = f"{row.stripe_id}:{int(row.trial_end_at.timestamp())}:{days}"
        yield Due("billing_trial_ending", cause, partial(terms, case))


def trial_refused(case: Case) -> Iterator[Due]:
    """Say that the card has had its trial, and that nothing was charged."""
    if case.trial_was_refused and is_news(case.row.created_at, case.now):
        yield Due("billing_trial_refused", case.row.stripe_id, _trial_refused)


def processing(case: Case) -> Iterator[Due]:
    """Say that a payment is on its way, with methods that take days."""
    for invoice in case.invoices:
        if invoice.is_processing and invoice.status == "open" and is_news(invoice.created_at, case.now):
            yield Due("billing_payment_processing", invoice.stripe_id, partial(_processing, invoice))


def _started(case: Case, sheet: Sheet) -> Values:
    is_trial = case.row.status == Status.TRIALING
    first = next((one for one in case.invoices if one.paid_minor), None)
    paid = first if not is_trial else None
    return {
        **terms(case, sheet),
        "trial": is_trial,
        "paid": sheet.money(paid.paid_minor, paid.currency) if paid else "",
        "tax": sheet.money(paid.tax_minor, paid.currency) if paid and paid.tax_minor else "",
        "invoice_url": (paid.hosted_url if paid else None) or "",
    }


def terms(case: Case, sheet: Sheet) -> Values:
    """Return what a reader has agreed to, in words: plan, price, next payment, and how to end it."""
    row, coming = case.row, next_payment(case.row)
    return {
        "plan": sheet.plan_name(row.lookup_key),
        "price": sheet.rate(row),
        "price_amount": sheet.money(row.amount_minor, row.currency),
        "next_amount": sheet.money(coming.minor, coming.currency),
        "next_day": sheet.day(row.paid_through_at or row.created_at),
        "renews": case.renews,
        "account_url": sheet.account_url,
        "cancel_url": sheet.cancel_url(row),
    }


def _trial_refused(sheet: Sheet) -> Values:
    return {"subscribe_url": sheet.subscribe_url}


def _processing(invoice: Invoice, sheet: Sheet) -> Values:
    return {"amount": sheet.money(invoice.total_minor, invoice.currency), "account_url": sheet.account_url}
