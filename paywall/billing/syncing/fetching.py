"""Asking Stripe for the truth about one subscription: one read in the usual case, no transaction open meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from paywall.billing.ledger.tables import has_open_dispute
from paywall.billing.parts import Billing
from paywall.billing.snapshots.fields import Json
from paywall.billing.snapshots.invoice import InvoiceSnapshot, read_invoice
from paywall.billing.snapshots.money_back import DisputeSnapshot, RefundSnapshot
from paywall.billing.snapshots.subscription import SubscriptionSnapshot, read_subscription
from paywall.billing.subscriptions.tables import Invoice, invoices_of
from paywall.billing.syncing.money_back import MoneyBack, ask_for_money_back
from paywall.billing.webhooks.inbox import Noted

WHOLE = (
    "customer.invoice_settings.default_payment_method",
    "default_payment_method",
    "discounts.source.coupon",
    "latest_invoice.payments",
    "schedule",
)
"""What a subscription is asked for with; lists of subscriptions, too."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A subscription and what was asked for with it, as Stripe described it."""

    subscription: SubscriptionSnapshot
    invoices: tuple[InvoiceSnapshot, ...]
    """The latest one; all of them where one was missing here, or where money may have gone back."""
    refunds: tuple[RefundSnapshot, ...] = ()
    disputes: tuple[DisputeSnapshot, ...] = ()
    knows_money_back: bool = False
    """False where nobody asked about refunds and disputes."""


@dataclass(frozen=True, slots=True)
class Mirror:
    """What we knew of a subscription's invoices before asking."""

    invoice_ids: frozenset[str]
    billed_until: datetime | None
    is_disputed: bool

    def lacks(self, latest: InvoiceSnapshot, named: Sequence[str]) -> bool:
        """Tell whether there must be invoices that we have neither kept nor just been given."""
        if set(named) - self.invoice_ids - {latest.stripe_id}:
            return True
        if latest.is_first or latest.period_start_at is None:
            return False
        return self.billed_until is None or self.billed_until < latest.period_start_at


def fetch(billing: Billing, stripe_id: str, events: Sequence[Noted], *, with_money_back: bool = False) -> Picture:
    """Return what Stripe says of a subscription now; raises the situations of `stripe_errors`.

    All invoices are listed only where one is missing from the mirror, charges only where money may have gone back.
    """
    found = billing.gateway.retrieve_subscription(stripe_id, expand=WHOLE)
    subscription, mirror = read_subscription(found), _read_mirror(billing, stripe_id)
    if with_money_back or mirror.is_disputed or any(event.is_about_money_back for event in events):
        back = ask_for_money_back(billing.gateway, subscription.customer_id)
        return _picture(billing, subscription, _all_invoices(billing, stripe_id), back)
    return _picture(billing, subscription, _invoices(billing, found, mirror, events), None)


def _picture(
    billing: Billing, subscription: SubscriptionSnapshot, found: Sequence[Json], back: MoneyBack | None
) -> Picture:
    invoices = [_with_payment(billing, read_invoice(one)) for one in found]
    if back is None:
        return Picture(subscription, tuple(invoices))
    ours = frozenset(word for one in invoices for word in one.payment_ids)
    return Picture(
        subscription,
        tuple(back.told_to(one) for one in invoices),
        refunds=back.refunds_of(ours),
        disputes=back.disputes_of(ours),
        knows_money_back=True,
    )


def _read_mirror(billing: Billing, stripe_id: str) -> Mirror:
    with billing.database.reading() as session:
        rows: list[Invoice] = invoices_of(session, stripe_id)
        is_disputed = has_open_dispute(session, stripe_id)
    ends = [row.period_end_at for row in rows if row.period_end_at]
    return Mirror(frozenset(row.stripe_id for row in rows), max(ends, default=None), is_disputed)


def _invoices(billing: Billing, found: Json, mirror: Mirror, events: Sequence[Noted]) -> Sequence[Json]:
    latest = found.get("latest_invoice")
    if not latest:
        return []
    named = [event.object_id for event in events if event.object_id and event.object_id.startswith("in_")]
    return _all_invoices(billing, found["id"]) if mirror.lacks(read_invoice(latest), named) else [latest]


def _all_invoices(billing: Billing, stripe_id: str) -> Sequence[Json]:
    return billing.gateway.list_invoices(stripe_id, expand=("data.payments",))


def _with_payment(billing: Billing, invoice: InvoiceSnapshot) -> InvoiceSnapshot:
    """Ask what an invoice waits for that was to be charged and is not paid: it is seldom so, and then it matters."""
    intent = invoice.payment_id or ""
    if invoice.status != "open" or not invoice.was_attempted or not intent.startswith("pi_"):
        return invoice
    status = billing.gateway.retrieve_payment_intent(intent).get("status")
    return replace(invoice, needs_action=status == "requires_action", is_processing=status == "processing")
