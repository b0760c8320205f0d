"""Pausing: some periods are left out and not charged; then it goes on by itself, or earlier when the reader says so."""

from dataclasses import dataclass
from datetime import datetime

from paywall.billing.catalogue.money import Money
from paywall.billing.changing.asking import current, held, note, tell_stripe
from paywall.billing.changing.rules import LONGEST_PAUSE, after_periods, pause_ends_at
from paywall.billing.ledger.tables import has_open_dispute
from paywall.billing.parts import Billing
from paywall.billing.snapshots.subscription import PAUSE_MARK, READER
from paywall.billing.stripe_calls.asking import Json
from paywall.billing.subscriptions.reading import is_paused_by_choice
from paywall.billing.subscriptions.status import Status
from paywall.billing.subscriptions.tables import Subscription
from paywall.billing.syncing.sync import sync_subscription
from paywall.errors import BadInput, PaywallError


class CannotPause(PaywallError):
    """Your subscription can't be paused just now; your account page says what comes first."""

    status = 409
    code = "cannot_pause"


class NotPaused(PaywallError):
    """Your subscription isn't paused."""

    status = 409
    code = "not_paused"


@dataclass(frozen=True, slots=True)
class Pause:
    """What a pause of so many periods would be: until when nothing is charged; aware UTC."""

    periods: int
    until_at: datetime


@dataclass(frozen=True, slots=True)
class GoingOn:
    """What going on early costs: `due` today, None where what was paid for has not run out yet."""

    due: Money | None
    next_payment_at: datetime


def pauses(row: Subscription, now: datetime) -> list[Pause]:
    """Return the pauses that a reader may choose from; none where the subscription can't be paused."""
    if not may_pause(row, now) or row.paid_through_at is None:
        return []
    begins, rate = row.paid_through_at, held(row).rate
    return [Pause(count, after_periods(begins, rate, count)) for count in range(1, LONGEST_PAUSE + 1)]


def may_pause(row: Subscription, now: datetime) -> bool:
    """Tell whether a subscription is paid for and runs on undisturbed."""
    is_disturbed = row.cancels_at or row.collection_is_paused or row.has_pending_update or row.schedule_id
    return row.status == Status.ACTIVE and not is_disturbed and held(row).is_paid_for(now)


def pause(billing: Billing, reader_id: int, periods: int, now: datetime) -> None:
    """Leave out so many periods after what is paid for; a paused subscription stays as it is.

    Raises BadInput naming `periods`, CannotPause, and the situations of `stripe_errors`.
    """
    if not 1 <= periods <= LONGEST_PAUSE:
        raise BadInput("periods", f"Choose 1 to {LONGEST_PAUSE}.")
    row = current(billing, reader_id)
    if row is not None and row.collection_is_paused:
        return
    if row is None or not may_pause(row, now) or row.paid_through_at is None:
        raise CannotPause
    ends_at = pause_ends_at(row.paid_through_at, held(row).rate, periods)
    collection = {"behavior": "void", "resumes_at": int(ends_at.timestamp())}
    _tell(billing, row, {"pause_collection": collection, "metadata": {PAUSE_MARK: READER}})
    _note(billing, row, "subscription_paused", periods=periods)


def going_on(row: Subscription, now: datetime) -> GoingOn:
    """Return what ending a pause early would cost."""
    if held(row).is_paid_for(now) and row.paid_through_at is not None:
        return GoingOn(None, row.paid_through_at)
    return GoingOn(Money(row.amount_minor, row.currency), after_periods(now, held(row).rate, 1))


def go_on(billing: Billing, reader_id: int, now: datetime) -> None:
    """End a reader's pause: at once with a new period where nothing is paid for, else with the next renewal.

    Twice is once. Raises NotPaused (also while a payment is disputed: a new one would open nothing), CardRefused, and
    the situations of `stripe_errors`.
    """
    row = current(billing, reader_id)
    if row is None or not is_readers_to_end(row) or _is_disputed(billing, row):
        raise NotPaused
    if row.status == Status.PAUSED:
        key = f"resume:{row.stripe_id}:{int(now.timestamp())}"
        billing.gateway.resume_subscription(row.stripe_id, idempotency_key=key)
        sync_subscription(billing, row.stripe_id)
    else:
        _tell(billing, row, *_ending(row, now))
    _note(billing, row, "subscription_went_on")


def _is_disputed(billing: Billing, row: Subscription) -> bool:
    with billing.database.reading() as session:
        return has_open_dispute(session, row.stripe_id)


def is_readers_to_end(row: Subscription) -> bool:
    """Tell whether a reader may end the pause: not one that waits for the outcome of a dispute."""
    return row.status == Status.PAUSED or is_paused_by_choice(row)


def _ending(row: Subscription, now: datetime) -> tuple[Json, str]:
    """Return what ends the pause; and where it charges, a key that is the same for every click on it."""
    change: Json = {"pause_collection": "", "metadata": {PAUSE_MARK: ""}}
    if held(row).is_paid_for(now):
        return change, ""
    charging = {"billing_cycle_anchor": "now", "proration_behavior": "none"}
    return {**change, **charging}, f"go-on:{row.stripe_id}:{row.paid_through_at}"


def _tell(billing: Billing, row: Subscription, change: Json, key: str = "") -> None:
    tell_stripe(billing, row.stripe_id, change, key)
    sync_subscription(billing, row.stripe_id)


def _note(billing: Billing, row: Subscription, action: str, **detail: object) -> None:
    with billing.database.writing() as session:
        note(session, row, action, **detail)
