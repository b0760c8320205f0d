"""Reading the books: every movement of a month, as lines; and which subscription a payment belongs to."""

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from paywall.billing.ledger.months import GONE_BACK, Line, Month, share_of_tax
from paywall.billing.ledger.tables import Dispute, Movement, Payment, Refund
from paywall.billing.subscriptions.status import LOST
from paywall.billing.subscriptions.tables import Invoice

_GONE = Refund.status.in_(GONE_BACK)
_TAKEN = Dispute.status == LOST


def lines_of(session: Session, publisher_id: int, month: Month) -> list[Line]:
    """Return a publisher's payments, refunds and lost disputes of a month, in the order they happened."""
    kinds: tuple[tuple[str, type[Movement], ColumnElement[bool], int], ...] = (
        ("payment", Payment, true(), 1),
        ("refund", Refund, _GONE, -1),
        ("dispute", Dispute, _TAKEN, -1),
    )
    lines = [
        _line(kind, movement, invoice, sign)
        for kind, table, counts, sign in kinds
        for movement, invoice in _movements(session, table, publisher_id, month, counts)
    ]
    return sorted(lines, key=lambda line: (line.at, line.stripe_id))


def subscription_paid_by(session: Session, payment_id: str) -> str | None:
    """Return the Stripe id of the subscription whose invoice a payment has paid, in whole or in part, or is to pay."""
    paid_in_part = select(Payment.invoice_id).where(Payment.payment_id == payment_id)
    by_it = or_(Invoice.payment_id == payment_id, Invoice.stripe_id.in_(paid_in_part))
    return session.scalar(select(Invoice.subscription_id).where(by_it).limit(1))


def _movements(
    session: Session, table: type[Movement], publisher_id: int, month: Month, counts: ColumnElement[bool]
) -> list[tuple[Movement, Invoice]]:
    in_month = (table.publisher_id == publisher_id, table.at >= month.begins_at, table.at < month.ends_at)
    query = select(table, Invoice).join(Invoice, Invoice.stripe_id == table.invoice_id).where(*in_month, counts)
    return [(movement, invoice) for movement, invoice in session.execute(query)]


def _line(kind: str, movement: Movement, invoice: Invoice, sign: int) -> Line:
    tax = share_of_tax(movement.amount_minor, invoice.total_minor, invoice.tax_minor)
    return Line(
        at=movement.at,
        kind=kind,
        invoice_id=invoice.stripe_id,
        number=invoice.number or "",
        currency=movement.currency,
        amount_minor=sign * movement.amount_minor,
        tax_minor=sign * tax,
        stripe_id=movement.stripe_id,
    )
