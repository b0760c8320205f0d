"""What is written here of a subscription, to be compared with what it was."""

from typing import Any

from sqlalchemy import select

from paywall.billing.ledger.tables import Payment
from paywall.billing.subscriptions.tables import Invoice, Subscription
from paywall.entitlements.tables import EntitlementRow
from tests.billing.stripe_world import World

Rows = dict[str, list[dict[str, Any]]]
_PASSING = {"id", "synced_at", "hosted_url", "pdf_url", "created_at"}
"""Columns that may be another after a repair."""


def books(world: World, stripe_id: str) -> Rows:
    """Return what is written here of a subscription, but for numbers and times of writing."""
    invoices = select(Invoice.stripe_id).where(Invoice.subscription_id == stripe_id)
    wanted = {
        "subscription": select(Subscription.__table__).where(Subscription.stripe_id == stripe_id),
        "invoices": select(Invoice.__table__).where(Invoice.subscription_id == stripe_id),
        "payments": select(Payment.__table__).where(Payment.invoice_id.in_(invoices)),
        "rights": select(EntitlementRow.__table__).where(EntitlementRow.source_id == stripe_id),
    }
    with world.database.reading() as session:
        found = {name: session.execute(query).mappings().all() for name, query in wanted.items()}
    return {
        name: sorted(({k: v for k, v in row.items() if k not in _PASSING} for row in rows), key=repr)
        for name, rows in found.items()
    }
