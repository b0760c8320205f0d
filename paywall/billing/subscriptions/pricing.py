"""What the next payment of a subscription will be, from what is stored of it."""

from datetime import datetime
from decimal import Decimal

from paywall.billing.catalogue.money import Money
from paywall.billing.subscriptions.tables import Subscription


def next_payment(row: Subscription) -> Money:
    """Return what the payment at the end of the present period will be, a running discount taken off."""
    is_reduced = _has_discount(row) and _lasts(row.discount_ends_at, row.period_end_at)
    off = _taken_off(row) if is_reduced else 0
    return Money(max(row.amount_minor - off, 0), row.currency)


def _has_discount(row: Subscription) -> bool:
    return row.discount_percent is not None or row.discount_minor is not None


def _lasts(ends_at: datetime | None, payment_at: datetime | None) -> bool:
    return ends_at is None or payment_at is None or ends_at > payment_at


def _taken_off(row: Subscription) -> int:
    if row.discount_percent is None:
        return row.discount_minor or 0
    return Money(row.amount_minor, row.currency).share(Decimal(row.discount_percent)).minor
