"""Which fact of Stripe's stands in which column: storing writes by this, comparing reads by it."""

from paywall import clock
from paywall.billing.snapshots.invoice import InvoiceSnapshot
from paywall.billing.snapshots.subscription import SubscriptionSnapshot
from paywall.billing.subscriptions.tables import Invoice, Subscription
from paywall.billing.syncing.disputes import DISPUTE


def copy_subscription(found: SubscriptionSnapshot, row: Subscription) -> None:
    """Bring a subscription's row to what Stripe said; whose it is stays as it was."""
    row.customer_id, row.status = found.customer_id, found.status
    row.price_id = found.price_ids[0] if found.price_ids else ""
    row.lookup_key = found.lookup_key or row.lookup_key
    row.amount_minor, row.currency = found.amount_minor, found.currency.upper()
    row.interval, row.interval_count = found.interval, found.interval_count
    row.created_at, row.trial_end_at, row.period_end_at = found.created_at, found.trial_end_at, found.period_end_at
    row.cancels_at, row.canceled_at = found.cancels_at, found.canceled_at
    row.ended_at, row.ended_because = found.ended_at, found.ended_because
    row.latest_invoice_id, row.has_pending_update = found.latest_invoice_id, found.has_pending_update
    row.collection_is_paused, row.resumes_at = found.collection_is_paused, found.resumes_at
    row.is_paused_for_dispute = found.pause_is_for == DISPUTE
    _copy_what_is_to_come(found, row)
    _copy_card(found, row)
    row.synced_at = clock.wall()


def _copy_what_is_to_come(found: SubscriptionSnapshot, row: Subscription) -> None:
    coming, discount = found.next, found.discount
    row.schedule_id = found.schedule_id
    row.next_price_id = coming.price_id if coming else None
    row.next_lookup_key = coming.lookup_key if coming else None
    row.next_change_at = coming.starts_at if coming else None
    row.discount_percent = discount.percent if discount else None
    row.discount_minor = discount.minor if discount else None
    row.discount_ends_at = discount.ends_at if discount else None


def _copy_card(found: SubscriptionSnapshot, row: Subscription) -> None:
    card = found.card
    row.card_brand, row.card_last4 = (card.brand, card.last4) if card else (None, None)
    row.card_exp_month, row.card_exp_year = (card.exp_month, card.exp_year) if card else (None, None)


def copy_invoice(found: InvoiceSnapshot, row: Invoice) -> None:
    """Bring an invoice's row to what Stripe said; what went back only where somebody asked."""
    row.payment_id, row.number = found.payment_id or row.payment_id, found.number
    row.status, row.currency, row.reason = found.status, found.currency.upper(), found.reason
    row.total_minor, row.tax_minor, row.discount_minor = found.total_minor, found.tax_minor, found.discount_minor
    row.paid_minor = found.paid_minor
    if found.refunded_minor is not None:
        row.refunded_minor, row.dispute = found.refunded_minor, found.dispute
    row.period_start_at, row.period_end_at = found.period_start_at, found.period_end_at
    row.due_at, row.opened_at, row.paid_at = found.due_at, found.opened_at, found.paid_at
    row.created_at, row.next_attempt_at = found.created_at, found.next_attempt_at
    row.was_attempted, row.needs_action, row.is_processing = (
        found.was_attempted,
        found.needs_action,
        found.is_processing,
    )
    row.hosted_url, row.pdf_url = found.hosted_url, found.pdf_url
