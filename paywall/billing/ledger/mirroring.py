"""Writing payments, refunds and disputes into the books, each once by its Stripe id; the audit hears of each."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from paywall import audit
from paywall.billing.ledger.tables import Dispute, Payment, Refund
from paywall.billing.snapshots.invoice import InvoiceSnapshot
from paywall.billing.snapshots.money_back import DisputeSnapshot, RefundSnapshot
from paywall.billing.subscriptions.tables import Subscription
from paywall.database import insert_once


def mirror_payments(session: Session, subscription: Subscription, invoice: InvoiceSnapshot) -> None:
    """Write down what was paid on an invoice."""
    for one in invoice.payments:
        values: dict[str, object] = {
            "publisher_id": subscription.publisher_id,
            "stripe_id": one.stripe_id,
            "invoice_id": invoice.stripe_id,
            "payment_id": one.payment_id,
            "currency": one.currency.upper(),
            "amount_minor": one.amount_minor,
            "at": one.paid_at,
        }
        insert_once(session, Payment, values)


def mirror_refunds(
    session: Session,
    subscription: Subscription,
    invoices: Iterable[InvoiceSnapshot],
    refunds: Iterable[RefundSnapshot],
) -> None:
    """Write down what went back, and how far it has come."""
    paid_by = _invoices_by_payment(invoices)
    for one in refunds:
        invoice_id = _invoice_of(paid_by, one.payment_ids)
        row = session.scalar(select(Refund).where(Refund.stripe_id == one.stripe_id))
        if row is None:
            row = Refund(publisher_id=subscription.publisher_id, stripe_id=one.stripe_id, invoice_id=invoice_id)
            row.currency, row.reason, row.at = one.currency.upper(), one.reason, one.created_at
            session.add(row)
        elif row.status == one.status and row.amount_minor == one.amount_minor:
            continue
        row.amount_minor, row.status = one.amount_minor, one.status
        _tell(session, subscription, f"refund_{one.status}", row)


def mirror_disputes(
    session: Session,
    subscription: Subscription,
    invoices: Iterable[InvoiceSnapshot],
    disputes: Iterable[DisputeSnapshot],
    address_key: str,
) -> None:
    """Write down which payments are disputed, and how that stands; trials know the reader by `address_key`."""
    paid_by = _invoices_by_payment(invoices)
    for one in disputes:
        invoice_id = _invoice_of(paid_by, one.payment_ids)
        row = session.scalar(select(Dispute).where(Dispute.stripe_id == one.stripe_id))
        if row is None:
            row = Dispute(
                publisher_id=subscription.publisher_id,
                reader_id=subscription.reader_id,
                stripe_id=one.stripe_id,
                invoice_id=invoice_id,
                subscription_id=subscription.stripe_id,
                address_key=address_key,
                currency=one.currency.upper(),
                at=one.created_at,
            )
            session.add(row)
        elif row.status == one.status and row.amount_minor == one.amount_minor:
            continue
        row.amount_minor, row.status, row.reason = one.amount_minor, one.status, one.reason
        _tell(session, subscription, f"dispute_{one.status}", row)


def _invoices_by_payment(invoices: Iterable[InvoiceSnapshot]) -> dict[str, str]:
    return {payment: one.stripe_id for one in invoices for payment in one.payment_ids}


def _invoice_of(paid_by: dict[str, str], payment_ids: frozenset[str]) -> str:
    return next(paid_by[payment] for payment in sorted(payment_ids) if payment in paid_by)


def _tell(session: Session, subscription: Subscription, deed: str, row: Refund | Dispute) -> None:
    subject, of = f"invoice:{row.invoice_id}", subscription.stripe_id
    detail = {"subscription": of, "id": row.stripe_id, "amount_minor": row.amount_minor, "currency": row.currency}
    audit.write(session, subscription.publisher_id, "stripe", deed, subject, **detail)
