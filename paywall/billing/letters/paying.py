"""Letters about money: a payment failed, the bank wants a confirmation, a receipt, money given back."""

from collections.abc import Iterator
from functools import partial

from paywall.billing.dunning.rules import DAYS, Step, due_step
from paywall.billing.ledger.tables import Refund
from paywall.billing.letters.case import Case
from paywall.billing.letters.rules import is_news
from paywall.billing.letters.sheet import Due, Sheet
from paywall.billing.subscriptions.status import ENDED
from paywall.billing.subscriptions.tables import Invoice
from paywall.entitlements.reading import entitlements_of
from paywall.letters.rules import Values

FAILED, ACTION = "billing_payment_failed", "billing_action_required"
_FIRST = "subscription_create"
_GIVEN_BACK = ("succeeded", "pending")
"""A refund for which the bank still wants something (`requires_action`) is no good news yet."""


def payment_due(case: Case) -> Iterator[Due]:
    """Remind of a renewal that could not be charged, in other words from step to step."""
    invoice = case.owed
    step = due_step(invoice.opened_at or invoice.created_at, case.grace_days, case.now) if invoice else None
    if invoice and step:
        kind = ACTION if invoice.needs_action else FAILED
        yield Due(kind, _cause(invoice, step.day), partial(_payment_due, case, invoice, step))


def out_of_date(case: Case) -> list[tuple[str, str]]:
    """Return kinds and causes of reminders that must not go out any more: paid, ended, or followed by a later one."""
    owed = case.owed if case.row.status not in ENDED else None
    step = due_step(owed.opened_at or owed.created_at, case.grace_days, case.now) if owed else None
    return [
        (kind, _cause(invoice, day))
        for invoice in case.invoices
        if invoice.was_attempted and (case.now - invoice.created_at).days <= max(DAYS) + 1
        for day in DAYS
        if not (invoice is owed and step and day >= step.day)
        for kind in (FAILED, ACTION)
    ]


def receipts(case: Case) -> Iterator[Due]:
    """Give a receipt for what was paid; the first payment's is in the first letter."""
    for invoice in case.invoices:
        is_paid = invoice.status == "paid" and invoice.paid_minor > 0 and invoice.reason != _FIRST
        if is_paid and invoice.paid_at and is_news(invoice.paid_at, case.now):
            yield Due("billing_receipt", invoice.stripe_id, partial(_receipt, case, invoice))


def refunds(case: Case) -> Iterator[Due]:
    """Say what was given back, and whether one can go on reading."""
    for refund in case.refunds:
        if refund.status in _GIVEN_BACK and is_news(refund.at, case.now):
            yield Due("billing_refunded", refund.stripe_id, partial(_refunded, case, refund))


def reading_until(case: Case, sheet: Sheet) -> str:
    """Return the day until which the reader can read by this subscription; empty if they can't."""
    if case.reads_until:
        return sheet.day(case.reads_until)
    held = [one for one in entitlements_of(sheet.session, case.row.reader_id) if one.source_id == case.row.stripe_id]
    return sheet.day(held[0].valid_until) if held and held[0].grants_access(case.now) else ""


def _cause(invoice: Invoice, day: int) -> str:
    return f"{invoice.stripe_id}:{day}"


def _payment_due(case: Case, invoice: Invoice, step: Step, sheet: Sheet) -> Values:
    return {
        "amount": sheet.money(invoice.total_minor, invoice.currency),
        "until": reading_until(case, sheet),
        "first": step.day == 0,
        "last": step.is_last,
        "next_attempt": sheet.day(invoice.next_attempt_at) if invoice.next_attempt_at else "",
        "pay_url": sheet.pay_url(invoice),
        "card_url": sheet.card_url,
        "cancel_url": sheet.cancel_url(case.row),
    }


def _receipt(case: Case, invoice: Invoice, sheet: Sheet) -> Values:
    ends = (invoice.period_start_at, invoice.period_end_at)
    return {
        "plan": sheet.plan_name(case.row.lookup_key),
        "amount": sheet.money(invoice.paid_minor, invoice.currency),
        "tax": sheet.money(invoice.tax_minor, invoice.currency) if invoice.tax_minor else "",
        "period": f"{sheet.day(ends[0])} \N{EN DASH} {sheet.day(ends[1])}" if ends[0] and ends[1] else "",
        "number": invoice.number or "",
        "paid_on": sheet.day(invoice.paid_at or case.now),
        "invoice_url": invoice.hosted_url or sheet.account_url,
        "pdf_url": invoice.pdf_url or "",
        "cancel_url": sheet.cancel_url(case.row) if case.renews else "",
    }


def _refunded(case: Case, refund: Refund, sheet: Sheet) -> Values:
    invoice = next(one for one in case.invoices if one.stripe_id == refund.invoice_id)
    return {
        "amount": sheet.money(refund.amount_minor, refund.currency),
        "paid": sheet.money(invoice.paid_minor, invoice.currency),
        "full": invoice.bill.is_refunded,
        "until": reading_until(case, sheet),
        "invoice_url": invoice.hosted_url or "",
        "account_url": sheet.account_url,
        "subscribe_url": sheet.subscribe_url,
    }
