"""Refunds and disputes as Stripe described them at one moment."""

from dataclasses import dataclass
from datetime import datetime

from paywall.billing.snapshots.fields import Json, at, id_of


@dataclass(frozen=True, slots=True)
class RefundSnapshot:
    """Money that goes back to a reader; `payment_ids` are the intent and the charge that it goes back from."""

    stripe_id: str
    payment_ids: frozenset[str]
    currency: str
    amount_minor: int
    status: str
    reason: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DisputeSnapshot:
    """A payment that a cardholder asked their bank to take back."""

    stripe_id: str
    payment_ids: frozenset[str]
    currency: str
    amount_minor: int
    status: str
    reason: str
    created_at: datetime


def read_refund(found: Json) -> RefundSnapshot:
    """Read a refund object."""
    return RefundSnapshot(
        stripe_id=found["id"],
        payment_ids=_payment_ids(found),
        currency=found["currency"],
        amount_minor=found["amount"],
        status=found.get("status") or "succeeded",
        reason=found.get("reason"),
        created_at=at(found["created"]),
    )


def read_dispute(found: Json) -> DisputeSnapshot:
    """Read a dispute object."""
    return DisputeSnapshot(
        stripe_id=found["id"],
        payment_ids=_payment_ids(found),
        currency=found["currency"],
        amount_minor=found["amount"],
        status=str(found["status"]),
        reason=found.get("reason") or "general",
        created_at=at(found["created"]),
    )


def _payment_ids(found: Json) -> frozenset[str]:
    return frozenset(word for name in ("payment_intent", "charge") if (word := id_of(found.get(name))))
