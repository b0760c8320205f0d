"""What access will be after money goes back, or after a subscription ends: said before it is done, by the same rule."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from paywall.billing.reconciling.local import terms_of
from paywall.billing.subscriptions.status import Access, Bill, Status, Terms, access_of
from paywall.billing.subscriptions.tables import Invoice, Subscription, invoices_of, subscription_by_stripe_id
from paywall.billing.syncing.ownership import grace_days
from paywall.errors import NotFound


def access_after_refund(session: Session, invoice: Invoice, amount_minor: int, keeps_until: datetime | None) -> Access:
    """Return the access that a subscription gives once so much more of an invoice has gone back."""
    row = subscription_by_stripe_id(session, invoice.subscription_id)
    if row is None:
        raise NotFound("There is no subscription behind this invoice.")
    back = replace(invoice.bill, refunded_minor=invoice.refunded_minor + amount_minor, keeps_until=keeps_until)
    paid = invoices_of(session, row.stripe_id)
    bills = [back if one.stripe_id == invoice.stripe_id else one.bill for one in paid]
    return _access(session, row, terms_of(row), bills)


def access_after_end(session: Session, row: Subscription, now: datetime) -> Access:
    """Return the access that a subscription still gives if it is ended at `now`."""
    ended = replace(terms_of(row), status=Status.CANCELED, ended_at=now)
    return _access(session, row, ended, [one.bill for one in invoices_of(session, row.stripe_id)])


def _access(session: Session, row: Subscription, terms: Terms, bills: list[Bill]) -> Access:
    return access_of(terms, bills, grace_days(session, row.lookup_key))
