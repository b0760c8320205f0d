"""Asking Stripe for the truth about one subscription: one read in the usual case, no transaction open meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from paywall.billing.parts import Billing
from paywall.billing.subscriptions.snapshot import (
    InvoiceSnapshot,
    Json,
    SubscriptionSnapshot,
    id_of,
    read_invoice,
    read_subscription,
)
from paywall.billing.subscriptions.tables import Invoice, invoices_of
from paywall.billing.webhooks.inbox import Noted


@dataclass(frozen=True, slots=True)
class Picture:
    """A subscription and those of its invoices that were asked for, as Stripe described them."""

    subscription: SubscriptionSnapshot
    invoices: tuple[InvoiceSnapshot, ...]


@dataclass(frozen=True, slots=True)
class Mirror:
    """What we knew of a subscription's invoices before asking."""

    invoice_ids: frozenset[str]
    billed_until: datetime | None

    def lacks(self, latest: InvoiceSnapshot, named: Sequence[str]) -> bool:
        """Tell whether there must be invoices that we have neither kept nor just been given."""
        if set(named) - self.invoice_ids - {latest.stripe_id}:
            return True
        if latest.is_first or latest.period_start_at is None:
            return False
        return self.billed_until is None or self.billed_until < latest.period_start_at


def fetch(billing: Billing, stripe_id: str, events: Sequence[Noted], *, with_refunds: bool = False) -> Picture:
    """Return what Stripe says of a subscription now; raises the situations of `stripe_errors`.

    All invoices are listed only where one is missing from the mirror, charges only where money may have gone back.
    """
    found = billing.gateway.retrieve_subscription(stripe_id, expand=("latest_invoice.payments",))
    subscription = read_subscription(found)
    if with_refunds or any(event.is_about_refunds for event in events):
        refunded = refunds_of_customer(billing, subscription.customer_id)
        return Picture(subscription, tuple(_with_refund(one, refunded) for one in _all_invoices(billing, stripe_id)))
    return Picture(subscription, tuple(read_invoice(one) for one in _invoices(billing, found, events)))


def refunds_of_customer(billing: Billing, customer_id: str) -> dict[str, int]:
    """Return how much of each of a customer's payments went back, by the id of the payment intent and of the charge."""
    refunded: dict[str, int] = {}
    for charge in billing.gateway.list_charges(customer_id):
        for name in (id_of(charge.get("payment_intent")), charge["id"]):
            if name:
                refunded[name] = refunded.get(name, 0) + (charge.get("amount_refunded") or 0)
    return refunded


def read_mirror(billing: Billing, stripe_id: str) -> Mirror:
    """Return what we know of a subscription's invoices."""
    with billing.database.reading() as session:
        rows: list[Invoice] = invoices_of(session, stripe_id)
    ends = [row.period_end_at for row in rows if row.period_end_at]
    return Mirror(frozenset(row.stripe_id for row in rows), max(ends, default=None))


def _invoices(billing: Billing, found: Json, events: Sequence[Noted]) -> list[Json]:
    latest = found.get("latest_invoice")
    if not latest:
        return []
    named = [event.object_id for event in events if event.object_id and event.object_id.startswith("in_")]
    if read_mirror(billing, found["id"]).lacks(read_invoice(latest), named):
        return _all_invoices(billing, found["id"])
    return [latest]


def _all_invoices(billing: Billing, stripe_id: str) -> list[Json]:
    return list(billing.gateway.list_invoices(stripe_id, expand=("data.payments",)))


def _with_refund(invoice: Json, refunded: dict[str, int]) -> InvoiceSnapshot:
    snapshot = read_invoice(invoice)
    return read_invoice(invoice, refunded.get(snapshot.payment_id, 0) if snapshot.payment_id else 0)
