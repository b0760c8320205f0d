"""Taking out of the books what Stripe, asked for everything, does not know. The audit hears of each."""

from collections.abc import Iterable
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from paywall import audit
from paywall.billing.ledger.tables import Dispute, Payment, Refund
from paywall.billing.snapshots.invoice import InvoiceSnapshot
from paywall.billing.snapshots.money_back import DisputeSnapshot, RefundSnapshot
from paywall.billing.subscriptions.tables import Invoice, Subscription, invoices_of

Entry = Invoice | Payment | Refund | Dispute
_Movement = TypeVar("_Movement", Payment, Refund, Dispute)
_Told = Iterable[RefundSnapshot] | Iterable[DisputeSnapshot]


def forget_unknown(
    session: Session,
    subscription: Subscription,
    invoices: Iterable[InvoiceSnapshot],
    refunds: Iterable[RefundSnapshot],
    disputes: Iterable[DisputeSnapshot],
) -> None:
    """Take out what is stored of a subscription and not among what Stripe told: all it has, all that went back.

    A payment of another amount is taken out as well, to be written anew.
    """
    invoices = list(invoices)
    known = {one.stripe_id for one in invoices}
    paid = {one.stripe_id: (one.amount_minor, one.currency.upper()) for told in invoices for one in told.payments}
    ours = invoices_of(session, subscription.stripe_id)
    ids = [one.stripe_id for one in ours]
    wrong: list[Entry] = [one for one in ours if one.stripe_id not in known]
    wrong += [one for one in _of(session, Payment, ids) if paid.get(one.stripe_id) != (one.amount_minor, one.currency)]
    wrong += [one for one in _of(session, Refund, ids) if not _is_told(one, refunds)]
    wrong += [one for one in _of(session, Dispute, ids) if not _is_told(one, disputes)]
    for one in wrong:
        forget_movement(session, one)


def forget_invoices(session: Session, subscription: Subscription) -> None:
    """Take out all that a subscription was said to have paid."""
    forget_unknown(session, subscription, (), (), ())


def forget_movement(session: Session, entry: Entry) -> None:
    """Take one invoice, payment, refund or dispute out of the books."""
    subject = f"invoice:{entry.stripe_id if isinstance(entry, Invoice) else entry.invoice_id}"
    detail = {"id": entry.stripe_id, "table": entry.__tablename__}
    audit.write(session, entry.publisher_id, "sweep", "taken_out_of_the_books", subject, **detail)
    session.delete(entry)


def _is_told(one: Refund | Dispute, told: _Told) -> bool:
    return any((one.stripe_id, one.currency) == (other.stripe_id, other.currency.upper()) for other in told)


def _of(session: Session, table: type[_Movement], invoice_ids: list[str]) -> list[_Movement]:
    return list(session.scalars(select(table).where(table.invoice_id.in_(invoice_ids))))
