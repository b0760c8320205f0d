"""The invoices of a reader, as lines of a table."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from paywall.account.tongue import Tongue
from paywall.billing.subscriptions.status import DISPUTED, LOST
from paywall.billing.subscriptions.tables import Invoice


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One invoice as the reader sees it; `day` and the amounts are text."""

    day: str
    amount: str
    word: str
    number: str
    page: str | None
    pdf: str | None


def invoice_lines(invoices: Iterable[Invoice], tongue: Tongue, now: datetime) -> Iterator[InvoiceLine]:
    """Yield a line for each invoice."""
    for invoice in invoices:
        yield InvoiceLine(
            day=tongue.day(invoice.created_at, now),
            amount=tongue.money(invoice.total_minor, invoice.currency),
            word=_word(invoice, tongue),
            number=invoice.number or "",
            page=invoice.hosted_url,
            pdf=invoice.pdf_url,
        )


def _word(invoice: Invoice, tongue: Tongue) -> str:
    if invoice.dispute in DISPUTED:
        return "in dispute"
    if invoice.dispute == LOST:
        return "taken back by the bank"
    if invoice.refunded_minor:
        given = tongue.money(invoice.refunded_minor, invoice.currency)
        return f"{given} given back" if invoice.refunded_minor < invoice.paid_minor else "given back"
    return _how_paid(invoice)


def _how_paid(invoice: Invoice) -> str:
    if invoice.status == "open" and invoice.is_processing:
        return "payment on its way"
    if invoice.status == "open" and invoice.needs_action:
        return "to be confirmed"
    if invoice.status == "paid" and not invoice.total_minor:
        return "nothing to pay"
    return {"paid": "paid", "open": "not paid yet"}.get(invoice.status, "not paid")
