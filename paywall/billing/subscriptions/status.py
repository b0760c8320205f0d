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

RUNNING = LIVE - {Status.PAST_DUE}
"""Nothing is owed for a subscription in one of these."""

ENDED = frozenset({Status.CANCELED, Status.INCOMPLETE_EXPIRED})
"""Nothing more will ever happen to a subscription in one of these."""


DISPUTED = frozenset({"needs_response", "under_review"})
"""A dispute that is being fought: the money is withheld. An inquiry (`warning_…`) is only a question."""

LOST = "lost"
"""A dispute after which the money is gone."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What Stripe says of a subscription, as far as access depends on it; times are aware UTC."""

    status: str
    created_at: datetime
    trial_end_at: datetime | None = None
    cancels_at: datetime | None = None
    """When it will end by itself: `cancel_at`, or the end of the period where `cancel_at_period_end` is set."""
    ended_at: datetime | None = None
    is_paused: bool = False
    """Nothing is charged for the time being."""


@dataclass(frozen=True, slots=True)
class Bill:
    """What one invoice proves; amounts in minor units, its period from the first start to the last end of its lines."""

    is_paid: bool
    paid_minor: int
    refunded_minor: int
    period_end_at: datetime | None
    period_start_at: datetime | None = None
    due_at: datetime | None = None
    """Set while a sent invoice still waits for a payment that is not yet late."""
    dispute: str | None = None
    """Stripe's word for how a dispute about its payment stands; None without one."""
    keeps_until: datetime | None = None
    """Until when it counts all the same, though refunded: a date that an admin picked."""
    is_processing: bool = False
    """Its payment is on its way: some methods take days."""

    @property
    def is_refunded(self) -> bool:
        """True where all that was paid went back, by refund or by the bank; a partial refund changes nothing."""
        return self.dispute == LOST or 0 < self.paid_minor <= self.refunded_minor

    @property
    def counts_until(self) -> datetime | None:
        """Until when it pays for reading; None if it pays for nothing, or its money went back."""
        if not self.is_paid or self.period_end_at is None:
            return None
        return self.keeps_until if self.is_refunded else self.period_end_at


@dataclass(frozen=True, slots=True)
class Access:
    """What to store as the entitlement."""

    standing: Standing
    paid_through_at: datetime | None
    valid_until: datetime
    suspended: bool = False


def is_known(status: str) -> bool:
    """Tell whether `status` is one of Stripe's eight words."""
    return status in tuple(Status)


def is_live(status: str) -> bool:
    """Tell whether a subscription in `status` occupies its reader's one place."""
    return status in LIVE


def is_second(status: str, *, is_current: bool) -> bool:
    """Tell whether a subscription runs beside the one that the reader's account speaks of: two are being paid for."""
    return is_live(status) and not is_current


def access_of(terms: Terms, bills: Sequence[Bill], grace_days: int = GRACE_DAYS) -> Access:
    """Return the access that a subscription gives; where it gives none, `valid_until` is when it was made."""
    paid_through = paid_through_at(terms, bills)
    until = _valid_until(terms, bills, paid_through, grace_days)
    return Access(_standing(terms), paid_through, until, suspended=is_disputed(bills))


def paid_through_at(terms: Terms, bills: Iterable[Bill]) -> datetime | None:
    """Return the end of what was paid for and not refunded, or of the trial; None if there is neither."""
    ends = [end for bill in bills if (end := bill.counts_until) and not _is_of_the_trial(bill, terms)]
    if terms.trial_end_at:
        ends.append(min(terms.trial_end_at, terms.ended_at or terms.trial_end_at))
    return max(ends, default=None)


def _is_of_the_trial(bill: Bill, terms: Terms) -> bool:
    """Tell the invoice over nothing that a trial began with: it names the end that was planned then."""
    if bill.paid_minor or terms.trial_end_at is None:
        return False
    return (bill.period_start_at or terms.created_at) < terms.trial_end_at


def is_refunded(bills: Iterable[Bill]) -> bool:
    """Tell whether the latest period that was ever paid has been refunded in full."""
    paid = [(bill.period_end_at, bill.is_refunded) for bill in bills if bill.is_paid and bill.period_end_at]
    latest = max((end for end, _ in paid), default=None)
    return latest is not None and all(refunded for end, refunded in paid if end == latest)


def is_disputed(bills: Iterable[Bill]) -> bool:
    """Tell whether a payment is being disputed: access waits for the outcome."""
    return any(bill.dispute in DISPUTED for bill in bills)


def renews(terms: Terms, paid_through: datetime) -> bool:
    """Tell whether another period is to follow what is paid for."""
    return not terms.is_paused and (terms.cancels_at is None or terms.cancels_at > paid_through)


def _valid_until(terms: Terms, bills: Sequence[Bill], paid_through: datetime | None, grace_days: int) -> datetime:
    match terms.status:
        case Status.ACTIVE | Status.TRIALING:
            return max(
                _renewing_until(terms, bills, paid_through), _waiting_until(terms, bills, paid_through, grace_days)
            )
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


def _waiting_until(terms: Terms, bills: Sequence[Bill], paid_through: datetime | None, grace_days: int) -> datetime:
    """Return until when a renewal may still be paid in time: by its due date, or while its payment is on its way."""
    ends = [bill.due_at for bill in bills if bill.due_at and not bill.is_paid]
    if paid_through and any(bill.is_processing for bill in bills):
        ends.append(paid_through + timedelta(days=grace_days))
    return max(ends, default=terms.created_at)


def _standing(terms: Terms) -> Standing:
    if terms.status == Status.TRIALING:
        return Standing.TRIALING
    if terms.status in (Status.PAST_DUE, Status.UNPAID):
        return Standing.IN_GRACE
    if terms.status == Status.CANCELED or terms.cancels_at or terms.is_paused:
        return Standing.PAID_THROUGH
    return Standing.SUBSCRIBED
