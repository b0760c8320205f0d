"""Everything the account page shows, read in one go."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from paywall.account.statement import Statement, Tongue, how_often, state
from paywall.billing.catalogue.plans import plan_of_price
from paywall.billing.subscriptions.reading import current_subscription, invoices_of_reader
from paywall.billing.subscriptions.tables import Invoice, Subscription
from paywall.entitlements.reading import entitlements_of
from paywall.publishers.rules import Profile


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One invoice as the reader sees it; `day` and `amount` are text."""

    day: str
    amount: str
    word: str
    number: str
    page: str | None
    pdf: str | None


@dataclass(frozen=True, slots=True)
class Overview:
    """The account at one moment."""

    statement: Statement
    facts: tuple[tuple[str, str], ...]
    invoices: tuple[InvoiceLine, ...]
    has_payments: bool
    """True for who has ever been a subscriber: Stripe's portal has something to show."""
    until: str
    """Until when the reader may read if nothing more is paid; empty if not at all."""
    open_invoice_page: str | None
    """Stripe's page where the latest unpaid invoice can be paid."""


def overview(session: Session, publisher: Profile, reader_id: int, now: datetime) -> Overview:
    """Return what a reader's account shows at `now`."""
    tongue = Tongue(publisher.language, publisher.timezone)
    row = current_subscription(session, reader_id)
    invoices = invoices_of_reader(session, reader_id)
    statement = state(row, entitlements_of(session, reader_id), tongue, now)
    return Overview(
        statement=statement,
        facts=tuple(_facts(session, row, tongue, now)) if row and statement.can_cancel else (),
        invoices=tuple(_line(invoice, tongue, now) for invoice in invoices),
        has_payments=row is not None,
        until=tongue.day(row.paid_through_at, now) if row and row.paid_through_at and row.paid_through_at > now else "",
        open_invoice_page=next((one.hosted_url for one in invoices if one.status == "open"), None),
    )


def _facts(session: Session, row: Subscription, tongue: Tongue, now: datetime) -> list[tuple[str, str]]:
    plan = plan_of_price(session, row.lookup_key) if row.lookup_key else None
    facts = [("Plan", plan.name)] if plan else []
    facts.append(("Price", f"{tongue.money(row.amount_minor, row.currency)}, {how_often(row)}"))
    if row.paid_through_at:
        facts.append(("Paid until", tongue.day(row.paid_through_at, now)))
    return facts


def _line(invoice: Invoice, tongue: Tongue, now: datetime) -> InvoiceLine:
    return InvoiceLine(
        day=tongue.day(invoice.created_at, now),
        amount=tongue.money(invoice.total_minor, invoice.currency),
        word=_word(invoice),
        number=invoice.number or "",
        page=invoice.hosted_url,
        pdf=invoice.pdf_url,
    )


def _word(invoice: Invoice) -> str:
    if invoice.bill.is_refunded:
        return "refunded"
    if invoice.refunded_minor:
        return "partly refunded"
    return {"paid": "paid", "open": "not paid yet"}.get(invoice.status, "not paid")
