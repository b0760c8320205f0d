"""What a subscription at Stripe lets its reader do: pure rules over plain values, `now` left to whoever reads.

Access is a stored `valid_until`. It follows from the status, from what has really been paid for (the lines of paid
invoices, never the period that Stripe has already moved on to), from refunds, and from the plan's grace period.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from paywall.entitlements.rules import Standing

RENEWAL_SLACK = timedelta(hours=24)
"""How long a renewing subscription outlives what is paid for, so that a late event locks nobody out."""

OUTAGE_SLACK = timedelta(hours=72)
"""The same, while Stripe can't be reached or the inbox is behind."""

GRACE_DAYS = 14
"""How long a reader whose renewal failed goes on reading, where the plan says nothing else."""


class Status(StrEnum):
    """Stripe's eight words. Any other word denies access and raises an alarm."""

    ACTIVE = "active"
    CANCELED = "canceled"
    INCOMPLETE = "incomplete"
    INCOMPLETE_EXPIRED = "incomplete_expired"
    PAST_DUE = "past_due"
    PAUSED = "paused"
    TRIALING = "trialing"
    UNPAID = "unpaid"


LIVE = frozenset({Status.ACTIVE, Status.TRIALING, Status.PAST_DUE})
"""A reader has at most one subscription in one of these."""

ENDED = frozenset({Status.CANCELED, Status.INCOMPLETE_EXPIRED})
"""Nothing more will ever happen to a subscription in one of these."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What Stripe says of a subscription, as far as access depends on it; times are aware UTC."""

    status: str
    created_at: datetime
    trial_end_at: datetime | None = None
    cancels_at: datetime | None = None
    """When it will end by itself: `cancel_at`, or the end of the period where `cancel_at_period_end` is set."""
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Bill:
    """What one invoice proves; amounts in minor units, `period_end_at` the latest end among its lines."""

    is_paid: bool
    paid_minor: int
    refunded_minor: int
    period_end_at: datetime | None
    due_at: datetime | None = None
    """Set while a sent invoice still waits for a payment that is not yet late."""

    @property
    def is_refunded(self) -> bool:
        """True where all that was paid went back; a partial refund changes nothing."""
        return 0 < self.paid_minor <= self.refunded_minor


@dataclass(frozen=True, slots=True)
class Access:
    """What to store as the entitlement."""

    standing: Standing
    paid_through_at: datetime | None
    valid_until: datetime


def is_known(status: str) -> bool:
    """Tell whether `status` is one of Stripe's eight words."""
    return status in tuple(Status)


def is_live(status: str) -> bool:
    """Tell whether a subscription in `status` occupies its reader's one place."""
    return status in LIVE


def access_of(terms: Terms, bills: Sequence[Bill], grace_days: int = GRACE_DAYS) -> Access:
    """Return the access that a subscription gives; where it gives none, `valid_until` is when it was made."""
    paid_through = paid_through_at(terms, bills)
    return Access(_standing(terms), paid_through, _valid_until(terms, bills, paid_through, grace_days))


def paid_through_at(terms: Terms, bills: Iterable[Bill]) -> datetime | None:
    """Return the end of what was paid for and not refunded, or of the trial; None if there is neither."""
    ends = [bill.period_end_at for bill in bills if bill.is_paid and not bill.is_refunded and bill.period_end_at]
    if terms.trial_end_at:
        ends.append(min(terms.trial_end_at, terms.ended_at or terms.trial_end_at))
    return max(ends, default=None)


def is_refunded(bills: Iterable[Bill]) -> bool:
    """Tell whether the latest period that was ever paid has been refunded in full."""
    paid = [(bill.period_end_at, bill.is_refunded) for bill in bills if bill.is_paid and bill.period_end_at]
    latest = max((end for end, _ in paid), default=None)
    return latest is not None and all(refunded for end, refunded in paid if end == latest)


def renews(terms: Terms, paid_through: datetime) -> bool:
    """Tell whether another period is to follow what is paid for."""
    return terms.cancels_at is None or terms.cancels_at > paid_through


def _valid_until(terms: Terms, bills: Sequence[Bill], paid_through: datetime | None, grace_days: int) -> datetime:
    match terms.status:
        case Status.ACTIVE | Status.TRIALING:
            return max(_renewing_until(terms, bills, paid_through), _waiting_until(terms, bills))
        case Status.PAST_DUE if paid_through and not is_refunded(bills):
            return paid_through + timedelta(days=grace_days)
        case Status.PAST_DUE | Status.CANCELED:
            return paid_through or terms.created_at
        case _:
            return terms.created_at


def _renewing_until(terms: Terms, bills: Sequence[Bill], paid_through: datetime | None) -> datetime:
    if paid_through is None:
        return terms.created_at
    has_slack = renews(terms, paid_through) and not is_refunded(bills)
    return paid_through + RENEWAL_SLACK if has_slack else paid_through


def _waiting_until(terms: Terms, bills: Iterable[Bill]) -> datetime:
    """Return until when an invoice that was sent, not charged, may still be paid in time."""
    return max((bill.due_at for bill in bills if bill.due_at and not bill.is_paid), default=terms.created_at)


def _standing(terms: Terms) -> Standing:
    if terms.status == Status.TRIALING:
        return Standing.TRIALING
    if terms.status in (Status.PAST_DUE, Status.UNPAID):
        return Standing.IN_GRACE
    if terms.status == Status.CANCELED or terms.cancels_at:
        return Standing.PAID_THROUGH
    return Standing.SUBSCRIBED
