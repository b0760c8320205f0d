"""From when a paid invoice pays for nothing any more: all that was paid has gone back, or the bank took it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paywall.billing.ledger.months import GONE_BACK
from paywall.billing.ledger.tables import Dispute, Refund
from paywall.billing.subscriptions.status import LOST


def refunded_at(session: Session, invoice_ids: Sequence[str]) -> dict[str, datetime]:
    """Return when money of these invoices went back last, by their Stripe ids."""
    which = (Refund.invoice_id.in_(invoice_ids), Refund.status.in_(GONE_BACK))
    query = select(Refund.invoice_id, func.max(Refund.at)).where(*which).group_by(Refund.invoice_id)
    return {row[0]: row[1] for row in session.execute(query)} if invoice_ids else {}


def lost_at(session: Session, invoice_ids: Sequence[str]) -> dict[str, datetime]:
    """Return when the disputes were opened that cost these invoices their money, by their Stripe ids."""
    which = (Dispute.invoice_id.in_(invoice_ids), Dispute.status == LOST)
    query = select(Dispute.invoice_id, func.min(Dispute.at)).where(*which).group_by(Dispute.invoice_id)
    return {row[0]: row[1] for row in session.execute(query)} if invoice_ids else {}
