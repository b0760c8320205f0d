"""An invoice as Stripe described it at one moment, with the payments made on it."""

from dataclasses import dataclass
from datetime import datetime

from paywall.billing.snapshots.fields import Json, at, id_of, maybe_at, rows, whole


@dataclass(frozen=True, slots=True)
class PaymentSnapshot:
    """Money that came in."""

    stripe_id: str
    payment_id: str | None
    """The payment intent, or the charge where there is none."""
    currency: str
    amount_minor: int
    paid_at: datetime


@dataclass(frozen=True, slots=True)
class InvoiceSnapshot:
    """An invoice; `refunded_minor` is None where nobody asked."""

    stripe_id: str
    subscription_id: str | None
    number: str | None
    status: str
    reason: str
    currency: str
    total_minor: int
    tax_minor: int
    discount_minor: int
    paid_minor: int
    refunded_minor: int | None
    period_start_at: datetime | None
    period_end_at: datetime | None
    due_at: datetime | None
    opened_at: datetime | None
    paid_at: datetime | None
    next_attempt_at: datetime | None
    created_at: datetime
    hosted_url: str | None
    pdf_url: str | None
    payment_id: str | None
    """The payment that it expects or was paid by: the intent, or the charge where there is none."""
    payments: tuple[PaymentSnapshot, ...]
    was_attempted: bool
    needs_action: bool = False
    """Its payment waits for the bank's customer to confirm it."""
    is_processing: bool = False
    """Its payment is on its way, which takes days with some methods."""
    dispute: str | None = None
    """Stripe's word for how a dispute about its payment stands; told only with `refunded_minor`."""

    @property
    def payment_ids(self) -> frozenset[str]:
        """All payments that money came in by, or that it expects: there are several where it was paid in parts."""
        paid_by = {one.payment_id for one in self.payments}
        return frozenset(word for word in {self.payment_id, *paid_by} if word)

    @property
    def is_paid(self) -> bool:
        """True once Stripe holds it for paid."""
        return self.status == "paid"

    @property
    def is_first(self) -> bool:
        """True for the invoice that a subscription began with."""
        return self.reason == "subscription_create"


def read_invoice(found: Json) -> InvoiceSnapshot:
    """Read an invoice object, with its lines; its payments only where they were asked for."""
    periods = [line["period"] for line in rows(found.get("lines")) if _pays_for_time(line)]
    moments = whole(found.get("status_transitions"))
    return InvoiceSnapshot(
        stripe_id=found["id"],
        subscription_id=subscription_of_invoice(found),
        number=found.get("number"),
        status=found.get("status") or "draft",
        reason=found.get("billing_reason") or "manual",
        currency=found["currency"],
        total_minor=found.get("total") or 0,
        tax_minor=_tax(found),
        discount_minor=sum(one["amount"] for one in rows(found.get("total_discount_amounts"))),
        paid_minor=found.get("amount_paid") or 0,
        refunded_minor=None,
        period_start_at=maybe_at(min((period["start"] for period in periods), default=None)),
        period_end_at=maybe_at(max((period["end"] for period in periods), default=None)),
        due_at=maybe_at(found.get("due_date")),
        opened_at=maybe_at(moments.get("finalized_at")),
        paid_at=maybe_at(moments.get("paid_at")),
        next_attempt_at=maybe_at(found.get("next_payment_attempt")),
        created_at=at(found["created"]),
        hosted_url=found.get("hosted_invoice_url"),
        pdf_url=found.get("invoice_pdf"),
        payment_id=_payment_of(found),
        payments=tuple(_payments(found)),
        was_attempted=bool(found.get("attempted")),
    )


def subscription_of_invoice(found: Json) -> str | None:
    """Return the id of the subscription that an invoice bills, if it bills one."""
    details = whole(whole(found.get("parent")).get("subscription_details"))
    return id_of(details.get("subscription")) or id_of(found.get("subscription"))  # before 2025: on the invoice itself


def _pays_for_time(line: Json) -> bool:
    """Tell whether a line buys a stretch of the subscription: credits for unused time and one-off items do not."""
    parent = whole(line.get("parent"))
    details = whole(parent.get("subscription_item_details") or parent.get("invoice_item_details"))
    of_subscription = details.get("subscription") or line.get("subscription")
    return bool(of_subscription) and (line.get("amount") or 0) >= 0 and bool(line.get("period"))


def _tax(found: Json) -> int:
    taxes = rows(found.get("total_taxes")) or rows(found.get("total_tax_amounts"))  # the second until 2025
    return sum(one["amount"] for one in taxes)


def _payments(found: Json) -> list[PaymentSnapshot]:
    paid = [one for one in rows(found.get("payments")) if one.get("status") == "paid"]
    return [
        PaymentSnapshot(
            stripe_id=one["id"],
            payment_id=_intent_or_charge(one),
            currency=one.get("currency") or found["currency"],
            amount_minor=one.get("amount_paid") or 0,
            paid_at=at(whole(one.get("status_transitions")).get("paid_at") or one["created"]),
        )
        for one in paid
    ]


def _payment_of(found: Json) -> str | None:
    """Return what paid the invoice, of an open one what it waits for; where there is none of these, any other."""
    wanted = "open" if found.get("status") == "open" else "paid"
    payments = sorted(rows(found.get("payments")), key=lambda one: one.get("status") != wanted)
    named = next((word for one in payments if (word := _intent_or_charge(one))), None)
    return named or id_of(found.get("payment_intent")) or id_of(found.get("charge"))  # before 2025: on the invoice


def payment_named(payment_id: str) -> dict[str, str]:
    """Return how a refund names the payment intent or charge that it gives back."""
    return {"charge" if payment_id.startswith("ch_") else "payment_intent": payment_id}


def _intent_or_charge(payment: Json) -> str | None:
    which = whole(payment.get("payment"))
    return id_of(which.get("payment_intent")) or id_of(which.get("charge"))
