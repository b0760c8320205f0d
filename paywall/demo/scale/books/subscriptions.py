"""The rows of a life: customer, subscription, invoices, and the right to read that follows from them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from paywall.billing.subscriptions.status import GRACE_DAYS, access_of
from paywall.demo.scale.lives.life import Charge, Life
from paywall.demo.scale.writing import Values
from paywall.entitlements.rules import Source


@dataclass(frozen=True, slots=True)
class Numbered:
    """A life, the number by which everything of it is named, and whose it is."""

    number: int
    life: Life
    publisher_id: int
    reader_id: int

    @property
    def subscription_id(self) -> str:
        """Its name at Stripe."""
        return f"sub_scale{self.number:08d}"

    @property
    def customer_id(self) -> str:
        """The reader's name at Stripe."""
        return f"cus_scale{self.reader_id:08d}"

    def invoice_id(self, position: int) -> str:
        """Return the name of one of its invoices."""
        return f"in_scale{self.number:08d}x{position}"

    @property
    def charges(self) -> Iterator[tuple[str, Charge]]:
        """The invoices' names, with what they were for."""
        for position, charge in enumerate(self.life.charges):
            yield self.invoice_id(position), charge


def subscription_row(one: Numbered, now: datetime) -> Values:
    """Return the row that mirrors the subscription."""
    life, offer, access = one.life, one.life.offer, access_of(one.life.terms, one.life.bills, GRACE_DAYS)
    return {
        "publisher_id": one.publisher_id,
        "reader_id": one.reader_id,
        "stripe_id": one.subscription_id,
        "customer_id": one.customer_id,
        "is_current": life.is_current,
        "status": life.status.value,
        "price_id": f"price_{offer.lookup_key}",
        "lookup_key": offer.lookup_key,
        "amount_minor": offer.amount_minor,
        "currency": offer.currency,
        "interval": offer.interval.value,
        "interval_count": 1,
        "created_at": life.begins_at,
        "trial_end_at": life.trial_end_at,
        "period_end_at": life.charges[-1].ends_at,
        "paid_through_at": access.paid_through_at,
        "cancels_at": life.cancels_at,
        "canceled_at": life.canceled_at,
        "ended_at": life.ended_at,
        "ended_because": life.ended_because,
        "latest_invoice_id": one.invoice_id(len(life.charges) - 1),
        "collection_is_paused": life.is_paused,
        "is_paused_for_dispute": life.is_paused_for_dispute,
        "card_brand": "visa",
        "card_last4": f"{one.number % 10_000:04d}",
        "card_exp_month": one.number % 12 + 1,
        "card_exp_year": now.year + 2,
        "synced_at": now,
    }


def right_row(one: Numbered, now: datetime) -> Values:
    """Return the row of the right to read, by the very rule that judges real ones."""
    access = access_of(one.life.terms, one.life.bills, GRACE_DAYS)
    return {
        "publisher_id": one.publisher_id,
        "reader_id": one.reader_id,
        "source": Source.SUBSCRIPTION.value,
        "source_id": one.subscription_id,
        "standing": access.standing.value,
        "paid_through_at": access.paid_through_at,
        "valid_until": access.valid_until,
        "suspended": access.suspended,
        "created_at": one.life.begins_at,
        "end_is_told": access.valid_until <= now,
    }


def customer_rows(ones: Iterable[Numbered]) -> Iterator[Values]:
    """Yield one customer for each reader; a reader's lives come together."""
    last = None
    for one in ones:
        if one.reader_id != last:
            last = one.reader_id
            yield {
                "publisher_id": one.publisher_id,
                "reader_id": one.reader_id,
                "stripe_id": one.customer_id,
                "created_at": one.life.begins_at,
            }


def invoice_rows(one: Numbered) -> Iterator[Values]:
    """Yield the invoices of a subscription."""
    for position, (name, charge) in enumerate(one.charges):
        yield {
            "publisher_id": one.publisher_id,
            "reader_id": one.reader_id,
            "stripe_id": name,
            "subscription_id": one.subscription_id,
            "payment_id": name.replace("in_", "pi_") if charge.paid_minor else None,
            "number": f"SC{one.number:08d}-{position + 1:04d}",
            "status": charge.status,
            "currency": one.life.offer.currency,
            "total_minor": charge.amount_minor,
            "tax_minor": _tax(charge.amount_minor, one.life.offer.tax_basis_points),
            "paid_minor": charge.paid_minor,
            "refunded_minor": charge.refunded_minor,
            "period_start_at": charge.starts_at,
            "period_end_at": charge.ends_at,
            "opened_at": charge.starts_at,
            "paid_at": charge.starts_at if charge.is_paid else None,
            "was_attempted": True,
            "dispute": charge.dispute,
            "created_at": charge.starts_at,
            "reason": "subscription_cycle" if position else "subscription_create",
        }


def _tax(amount_minor: int, basis_points: int) -> int:
    """Return the tax inside an amount, rounded to the nearest minor unit."""
    return (amount_minor * basis_points + (10_000 + basis_points) // 2) // (10_000 + basis_points)
