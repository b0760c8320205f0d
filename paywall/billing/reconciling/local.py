"""What is stored held against itself: rights that don't follow from invoices, invoices that don't follow from payments.

Works through the subscriptions some hundred at a time, with no question to Stripe. It only says where to look.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, load_only

from paywall import clock
from paywall.billing.catalogue.plans import Plan, Price
from paywall.billing.checkout.tables import Customer
from paywall.billing.ledger.months import GONE_BACK
from paywall.billing.ledger.tables import Dispute, Payment, Refund
from paywall.billing.subscriptions.status import (
    GRACE_DAYS,
    OUTAGE_SLACK,
    RENEWAL_SLACK,
    Access,
    Terms,
    access_of,
    is_live,
)
from paywall.billing.subscriptions.tables import Invoice, Subscription, known_to_stripe
from paywall.database import Database, sum_of
from paywall.entitlements.rules import Entitlement, Source
from paywall.entitlements.tables import EntitlementRow

_AT_ONCE = 500
_OF_SUBSCRIPTIONS = (
    Subscription.stripe_id,
    Subscription.customer_id,
    Subscription.reader_id,
    Subscription.is_current,
    Subscription.status,
    Subscription.lookup_key,
    Subscription.created_at,
    Subscription.trial_end_at,
    Subscription.paid_through_at,
    Subscription.cancels_at,
    Subscription.ended_at,
    Subscription.collection_is_paused,
)
_OF_INVOICES = (
    Invoice.stripe_id,
    Invoice.subscription_id,
    Invoice.payment_id,
    Invoice.status,
    Invoice.paid_minor,
    Invoice.refunded_minor,
    Invoice.period_start_at,
    Invoice.period_end_at,
    Invoice.due_at,
    Invoice.dispute,
    Invoice.keeps_until,
    Invoice.is_processing,
)


@dataclass(frozen=True, slots=True)
class _Stored:
    """What is stored of some subscriptions, by their Stripe ids or by those of their invoices."""

    invoices: dict[str, list[Invoice]]
    rights: dict[str, Entitlement]
    paid: dict[str, int]
    returned: dict[str, int]
    disputed: frozenset[str]
    customers: frozenset[str]


def suspects(database: Database) -> Iterator[str]:
    """Yield the Stripe ids of subscriptions whose stored parts contradict each other."""
    with database.reading() as session:
        grace = _grace_by_price(session)
    last = 0
    while True:
        with database.reading() as session:
            query = select(Subscription).options(load_only(*_OF_SUBSCRIPTIONS))
            query = query.where(Subscription.id > last, known_to_stripe())
            rows = list(session.scalars(query.order_by(Subscription.id).limit(_AT_ONCE)))
            stored = _stored(session, rows)
        if not rows:
            return
        last = rows[-1].id
        yield from (row.stripe_id for row in rows if _contradicts(row, stored, grace))


def orphaned_rights(session: Session) -> list[EntitlementRow]:
    """Return rights to read that claim a subscription we don't have."""
    unknown = EntitlementRow.source_id.not_in(select(Subscription.stripe_id))
    running = (EntitlementRow.source == Source.SUBSCRIPTION.value, EntitlementRow.valid_until > clock.now())
    return list(session.scalars(select(EntitlementRow).where(*running, unknown)))


def terms_of(row: Subscription) -> Terms:
    """Return what access depends on, as it is stored."""
    return Terms(
        row.status,
        row.created_at,
        row.trial_end_at,
        row.cancels_at,
        row.ended_at,
        is_paused=row.collection_is_paused,
    )


def _contradicts(row: Subscription, stored: _Stored, grace: dict[str, int]) -> bool:
    invoices = stored.invoices[row.stripe_id]
    access = access_of(terms_of(row), [one.bill for one in invoices], grace.get(row.lookup_key or "", GRACE_DAYS))
    return (
        row.paid_through_at != access.paid_through_at
        or not _gives(stored.rights.get(row.stripe_id), row, access)
        or row.customer_id not in stored.customers
        or (is_live(row.status) and not row.is_current)
        or any(_is_odd(one, stored) for one in invoices)
    )


def _gives(held: Entitlement | None, row: Subscription, access: Access) -> bool:
    if held is None or (held.reader_id, held.standing) != (row.reader_id, access.standing):
        return False
    carried_over = access.valid_until + OUTAGE_SLACK - RENEWAL_SLACK
    has_slack = access.paid_through_at and access.valid_until == access.paid_through_at + RENEWAL_SLACK
    right_ends = {access.valid_until, carried_over if has_slack else access.valid_until}
    return (
        held.valid_until in right_ends
        and held.paid_through_at == access.paid_through_at
        and held.suspended == access.suspended
    )


def _is_odd(invoice: Invoice, stored: _Stored) -> bool:
    is_paid_here = invoice.status == "paid" and invoice.payment_id is not None
    return (
        (is_paid_here and stored.paid.get(invoice.stripe_id, 0) != invoice.paid_minor)
        or (not is_paid_here and invoice.status != "paid" and invoice.stripe_id in stored.paid)
        or stored.returned.get(invoice.stripe_id, 0) != invoice.refunded_minor
        or (invoice.stripe_id in stored.disputed) != (invoice.dispute is not None)
    )


def _stored(session: Session, rows: Sequence[Subscription]) -> _Stored:
    ids = [row.stripe_id for row in rows]
    invoices: defaultdict[str, list[Invoice]] = defaultdict(list)
    some = select(Invoice).options(load_only(*_OF_INVOICES)).where(Invoice.subscription_id.in_(ids))
    for invoice in session.scalars(some):
        invoices[invoice.subscription_id].append(invoice)
    rights = select(EntitlementRow).where(
        EntitlementRow.source == Source.SUBSCRIPTION.value, EntitlementRow.source_id.in_(ids)
    )
    of_these = select(Invoice.stripe_id).where(Invoice.subscription_id.in_(ids))
    customers = select(Customer.stripe_id).where(Customer.stripe_id.in_([row.customer_id for row in rows]))
    return _Stored(
        invoices=invoices,
        rights={row.source_id: row.value for row in session.scalars(rights)},
        paid=_sums(session, Payment, Payment.invoice_id.in_(of_these)),
        returned=_sums(session, Refund, Refund.invoice_id.in_(of_these) & Refund.status.in_(GONE_BACK)),
        disputed=frozenset(session.scalars(select(Dispute.invoice_id).where(Dispute.invoice_id.in_(of_these)))),
        customers=frozenset(session.scalars(customers)),
    )


def _sums(session: Session, table: type[Payment] | type[Refund], which: Any) -> dict[str, int]:  # noqa: ANN401 - SQL
    rows = session.execute(select(table.invoice_id, sum_of(table.amount_minor)).where(which).group_by(table.invoice_id))
    return {row[0]: row[1] for row in rows}


def _grace_by_price(session: Session) -> dict[str, int]:
    rows = session.execute(select(Price.lookup_key, Plan.grace_days).join(Plan))
    return {row.lookup_key: row.grace_days for row in rows}
