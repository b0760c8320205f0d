"""Stripe's objects, read into values of our own: the only place that knows where in them a fact is found.

Objects come as plain data in the shapes of the pinned API version: periods live on subscription items, an invoice's
subscription in its `parent`, its payment in `payments`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from paywall.billing.subscriptions.status import Bill, Terms

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SubscriptionSnapshot:
    """A subscription as Stripe described it at one moment; amounts in minor units, times aware UTC."""

    stripe_id: str
    customer_id: str
    status: str
    created_at: datetime
    trial_end_at: datetime | None
    cancels_at: datetime | None
    canceled_at: datetime | None
    """When cancelling was asked for, at once or for later."""
    ended_at: datetime | None
    period_end_at: datetime | None
    price_ids: tuple[str, ...]
    lookup_key: str | None
    amount_minor: int
    currency: str
    interval: str
    interval_count: int
    latest_invoice_id: str | None
    collection_is_paused: bool
    livemode: bool
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def terms(self) -> Terms:
        """What access depends on."""
        return Terms(self.status, self.created_at, self.trial_end_at, self.cancels_at, self.ended_at)


@dataclass(frozen=True, slots=True)
class InvoiceSnapshot:
    """An invoice as Stripe described it; `refunded_minor` is None where nobody asked."""

    stripe_id: str
    subscription_id: str | None
    number: str | None
    status: str
    currency: str
    total_minor: int
    paid_minor: int
    refunded_minor: int | None
    period_start_at: datetime | None
    period_end_at: datetime | None
    due_at: datetime | None
    created_at: datetime
    hosted_url: str | None
    pdf_url: str | None
    payment_id: str | None
    """The payment intent, or the charge where there is none."""
    was_attempted: bool
    is_first: bool

    @property
    def is_paid(self) -> bool:
        """True once Stripe holds it for paid."""
        return self.status == "paid"

    @property
    def bill(self) -> Bill:
        """What it proves."""
        due_at = self.due_at if self.status == "open" else None
        return Bill(self.is_paid, self.paid_minor, self.refunded_minor or 0, self.period_end_at, due_at)


def read_subscription(found: Json) -> SubscriptionSnapshot:
    """Read a subscription object."""
    items: list[Json] = (found.get("items") or {}).get("data") or []
    prices: list[Json] = [item["price"] for item in items]
    recurring: Json = (prices[0].get("recurring") if prices else None) or {}
    period_end = max((item.get("current_period_end") or 0 for item in items), default=0)
    return SubscriptionSnapshot(
        stripe_id=found["id"],
        customer_id=id_of(found["customer"]) or "",
        status=str(found["status"]),
        created_at=at(found["created"]),
        trial_end_at=maybe_at(found.get("trial_end")),
        cancels_at=maybe_at(found.get("cancel_at") or (period_end if found.get("cancel_at_period_end") else None)),
        canceled_at=maybe_at(found.get("canceled_at")),
        ended_at=maybe_at(found.get("ended_at")),
        period_end_at=maybe_at(period_end),
        price_ids=tuple(price["id"] for price in prices),
        lookup_key=next((price["lookup_key"] for price in prices if price.get("lookup_key")), None),
        amount_minor=sum((item["price"].get("unit_amount") or 0) * (item.get("quantity") or 1) for item in items),
        currency=found.get("currency") or "",
        interval=recurring.get("interval") or "month",
        interval_count=recurring.get("interval_count") or 1,
        latest_invoice_id=id_of(found.get("latest_invoice")),
        collection_is_paused=bool(found.get("pause_collection")),
        livemode=bool(found.get("livemode")),
        metadata=dict(found.get("metadata") or {}),
    )


def read_invoice(found: Json, refunded_minor: int | None = None) -> InvoiceSnapshot:
    """Read an invoice object, with its lines; `refunded_minor` where its payment was asked about."""
    periods = [line["period"] for line in (found.get("lines") or {}).get("data") or [] if _pays_for_time(line)]
    return InvoiceSnapshot(
        stripe_id=found["id"],
        subscription_id=subscription_of_invoice(found),
        number=found.get("number"),
        status=found.get("status") or "draft",
        currency=found["currency"],
        total_minor=found.get("total") or 0,
        paid_minor=found.get("amount_paid") or 0,
        refunded_minor=refunded_minor,
        period_start_at=maybe_at(min((period["start"] for period in periods), default=None)),
        period_end_at=maybe_at(max((period["end"] for period in periods), default=None)),
        due_at=maybe_at(found.get("due_date")),
        created_at=at(found["created"]),
        hosted_url=found.get("hosted_invoice_url"),
        pdf_url=found.get("invoice_pdf"),
        payment_id=_payment_of(found),
        was_attempted=bool(found.get("attempted")),
        is_first=found.get("billing_reason") == "subscription_create",
    )


def subscription_of_invoice(found: Json) -> str | None:
    """Return the id of the subscription that an invoice bills, if it bills one."""
    details = (found.get("parent") or {}).get("subscription_details") or {}
    return id_of(details.get("subscription"))


def id_of(value: object) -> str | None:
    """Return the id of what Stripe may have given as an id or as the whole object."""
    if isinstance(value, Mapping):
        value = value.get("id")
    return value if isinstance(value, str) and value else None


def at(seconds: int) -> datetime:
    """Return Stripe's seconds since 1970 as an aware UTC time."""
    return datetime.fromtimestamp(seconds, UTC)


def maybe_at(seconds: int | None) -> datetime | None:
    """Return the same, or None where Stripe says nothing."""
    return at(seconds) if seconds else None


def _pays_for_time(line: Json) -> bool:
    """Tell whether a line buys a stretch of the subscription: credits for unused time and one-off items do not."""
    parent = line.get("parent") or {}
    details = parent.get("subscription_item_details") or parent.get("invoice_item_details") or {}
    return bool(details.get("subscription")) and (line.get("amount") or 0) >= 0 and bool(line.get("period"))


def _payment_of(found: Json) -> str | None:
    payments: list[Json] = (found.get("payments") or {}).get("data") or []
    paid = [one.get("payment") or {} for one in payments if one.get("status") == "paid"]
    return next((id_of(one.get("payment_intent")) or id_of(one.get("charge")) for one in paid), None)
