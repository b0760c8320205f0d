"""How a reader stands with the newspaper: one situation for everything that can be so, found by pure rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from paywall.billing.subscriptions.pricing import next_payment
from paywall.billing.subscriptions.status import ENDED, LOST, Status, is_known, is_refunded
from paywall.billing.subscriptions.tables import Invoice, Subscription
from paywall.entitlements.rules import Entitlement, Source, best


class Situation(StrEnum):
    """What the first line of the account speaks of."""

    NONE = "none"
    COMP = "comp"
    TRIALING = "trialing"
    ACTIVE = "active"
    DISCOUNTED = "discounted"
    CHANGE_WAITS_FOR_PAYMENT = "change_waits_for_payment"
    CHANGES_LATER = "changes_later"
    PAYMENT_ON_ITS_WAY = "payment_on_its_way"
    PAUSED = "paused"
    CANCELLATION_NOTED = "cancellation_noted"
    CANCELLED = "cancelled"
    IN_GRACE = "in_grace"
    UNPAID = "unpaid"
    ACTION_REQUIRED = "action_required"
    FIRST_PAYMENT_UNFINISHED = "first_payment_unfinished"
    TRIAL_OVER_WITHOUT_CARD = "trial_over_without_card"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    ENDED_BUT_PAID = "ended_but_paid"
    ENDED = "ended"
    ENDED_UNPAID = "ended_unpaid"
    ENDED_REFUNDED = "ended_refunded"
    ENDED_DISPUTED = "ended_disputed"
    CUSTOMER_DELETED = "customer_deleted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the rules look at."""

    subscription: Subscription | None
    invoices: Sequence[Invoice] = ()
    """Of that subscription, newest first."""
    entitlements: Sequence[Entitlement] = ()
    noted_at: datetime | None = None
    """When a cancellation was asked for that Stripe has not heard of yet."""
    customer_is_gone: bool = False

    @property
    def open_invoice(self) -> Invoice | None:
        """The oldest invoice that still waits to be paid."""
        return next((one for one in reversed(self.invoices) if one.status == "open"), None)

    @property
    def held(self) -> Entitlement | None:
        """What the subscription gives."""
        row = self.subscription
        return next((one for one in self.entitlements if row and one.source_id == row.stripe_id), None)

    def comp(self, now: datetime) -> Entitlement | None:
        """Return what lets the reader in without a payment here: a comp, or what was paid for elsewhere."""
        return best([one for one in self.entitlements if one.source is not Source.SUBSCRIPTION], now)

    def reads_by_it(self, now: datetime) -> bool:
        """Tell whether the subscription lets the reader in."""
        return self.held is not None and self.held.grants_access(now)


def situation_of(facts: Facts, now: datetime) -> Situation:
    """Return how a reader with these facts stands at `now`."""
    row = facts.subscription
    if row is None:
        return Situation.COMP if facts.comp(now) else Situation.NONE
    if facts.held is not None and facts.held.suspended:
        return Situation.DISPUTED
    if row.status in ENDED:
        return _after_the_end(facts, row, now)
    return _before_anything_else(facts, row) or _owing(facts, row, now) or _running(facts, row, now)


def _after_the_end(facts: Facts, row: Subscription, now: datetime) -> Situation:
    if facts.reads_by_it(now):
        return Situation.ENDED_BUT_PAID
    if facts.comp(now):
        return Situation.COMP
    if row.status == Status.INCOMPLETE_EXPIRED or not any(one.status == "paid" for one in facts.invoices):
        return Situation.NONE
    return _why_it_ended(facts, row)


def _why_it_ended(facts: Facts, row: Subscription) -> Situation:
    if any(one.dispute == LOST for one in facts.invoices):
        return Situation.ENDED_DISPUTED
    if is_refunded([one.bill for one in facts.invoices]):
        return Situation.ENDED_REFUNDED
    if facts.customer_is_gone:
        return Situation.CUSTOMER_DELETED
    return Situation.ENDED_UNPAID if row.ended_because == "payment_failed" else Situation.ENDED


def _before_anything_else(facts: Facts, row: Subscription) -> Situation | None:
    if not is_known(row.status):
        return Situation.UNKNOWN
    if facts.noted_at is not None:
        return Situation.CANCELLATION_NOTED
    return Situation.TRIAL_OVER_WITHOUT_CARD if row.status == Status.PAUSED else None


def _owing(facts: Facts, row: Subscription, now: datetime) -> Situation | None:
    """Return in what way a payment is missing; None where none is."""
    waiting = facts.open_invoice
    if waiting is not None and waiting.is_processing:
        return Situation.PAYMENT_ON_ITS_WAY
    if row.status not in (Status.INCOMPLETE, Status.PAST_DUE, Status.UNPAID):
        return None
    if waiting is not None and waiting.needs_action:
        return Situation.ACTION_REQUIRED
    if row.status == Status.INCOMPLETE:
        return Situation.FIRST_PAYMENT_UNFINISHED
    return Situation.IN_GRACE if facts.reads_by_it(now) else Situation.UNPAID


def _running(facts: Facts, row: Subscription, now: datetime) -> Situation:
    if is_refunded([one.bill for one in facts.invoices]) and not facts.reads_by_it(now):
        return Situation.REFUNDED
    if row.cancels_at is not None:
        return Situation.CANCELLED
    if row.collection_is_paused:
        return Situation.PAUSED
    return _changing(row) or _paying(row)


def _changing(row: Subscription) -> Situation | None:
    if row.has_pending_update:
        return Situation.CHANGE_WAITS_FOR_PAYMENT
    return Situation.CHANGES_LATER if row.next_price_id else None


def _paying(row: Subscription) -> Situation:
    if row.status == Status.TRIALING:
        return Situation.TRIALING
    return Situation.DISCOUNTED if next_payment(row).minor < row.amount_minor else Situation.ACTIVE
