"""Cancelling: noted with us first, so that it is never lost; then carried out at Stripe, at once or when it is back.

What is paid for stays. Whoever was charged again after asking gets that money back, and the subscription ends.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session
from structlog import get_logger

from paywall import clock
from paywall.billing.changing.asking import actor, held_to_end, note, tell_stripe
from paywall.billing.changing.reasons import Farewell, Feedback, Via
from paywall.billing.changing.rules import ends_at_once
from paywall.billing.changing.tables import (
    CancellationRequest,
    close_request,
    note_request,
    open_request,
    open_requests,
)
from paywall.billing.ledger.refunding import refund
from paywall.billing.parts import Billing
from paywall.billing.stripe_calls.asking import Json
from paywall.billing.stripe_errors import StripeNotFound
from paywall.billing.subscriptions.status import ENDED
from paywall.billing.subscriptions.tables import Subscription, invoices_of, subscription_by_stripe_id
from paywall.billing.syncing.sync import sync_subscription
from paywall.errors import PaywallError, Unavailable

log = get_logger()


class NothingToCancel(PaywallError):
    """There is no subscription that could be cancelled."""

    status = 409
    code = "nothing_to_cancel"


class Cancelled(StrEnum):
    """How far a cancellation has come."""

    DONE = "done"
    NOTED = "noted"
    """Stripe is away; it is carried out as soon as it is back."""


def cancel(billing: Billing, row: Subscription | None, farewell: Farewell, via: Via) -> Cancelled:
    """Let a subscription end with what is paid for; one that is not paid for ends at once.

    Cancelling twice changes nothing. Raises NothingToCancel. While Stripe can't be asked, the wish is kept.
    """
    if row is None or row.status in ENDED:
        raise NothingToCancel
    if row.cancels_at is None:
        with billing.database.writing() as session:
            if keep_wish(session, row, farewell, via):
                note(session, row, "cancellation_asked", via=via, reason=farewell.reason)
    return carry_out(billing, row.stripe_id)


def keep_wish(session: Session, row: Subscription, farewell: Farewell, via: Via, *, at_once: bool = False) -> bool:
    """Note the wish in the caller's transaction; returns whether it is new. `carry_out` is to follow.

    With `at_once` the subscription ends now, whatever is paid for; what has been paid is still read to its end.
    """
    values: dict[str, object] = {
        "publisher_id": row.publisher_id,
        "reader_id": row.reader_id,
        "subscription_id": row.stripe_id,
        "asked_at": clock.now(),
        "reason": farewell.reason,
        "comment": farewell.comment,
        "via": via,
        "at_once": at_once,
    }
    return note_request(session, values)


def carry_out(billing: Billing, stripe_id: str) -> Cancelled:
    """Carry a noted wish out at Stripe; where it can't be asked, the wish waits. No transaction may be open."""
    try:
        _carry_out(billing, stripe_id, clock.now())
    except Unavailable as error:
        log.warning("cancellation waits", subscription=stripe_id, error=type(error).__name__)
        return Cancelled.NOTED
    return Cancelled.DONE


def carry_out_cancellations(billing: Billing, now: datetime) -> int:
    """Carry out what was asked for while Stripe was away; returns how many are done. For once a minute."""
    with billing.database.reading() as session:
        waiting = [one.subscription_id for one in open_requests(session)]
    return sum(_try_again(billing, stripe_id, now) for stripe_id in waiting)


def _try_again(billing: Billing, stripe_id: str, now: datetime) -> bool:
    try:
        _carry_out(billing, stripe_id, now)
    except PaywallError as error:  # the next one may well succeed
        log.warning("cancellation still waits", subscription=stripe_id, error=type(error).__name__)
        return False
    return True


def _carry_out(billing: Billing, stripe_id: str, now: datetime) -> None:
    """Do at Stripe what an open cancellation asks for, and close it; safe to repeat after a failure half-way."""
    sync_subscription(billing, stripe_id)
    with billing.database.reading() as session:
        row, wish = subscription_by_stripe_id(session, stripe_id), open_request(session, stripe_id)
        charged = _charged_since(session, wish) if wish else []
        is_urgent = bool(charged) or (wish is not None and wish.at_once)
        at_once = is_urgent or (row is not None and ends_at_once(held_to_end(session, row), now))
    if row is None or wish is None:
        return
    if row.status not in ENDED:
        _end(billing, row, wish, at_once=at_once)
    for invoice_id in charged:
        refund(billing, invoice_id, amount_minor=None, keeps_until=None, actor=actor(wish.reader_id))
    sync_subscription(billing, stripe_id)
    with billing.database.writing() as session:
        is_still_wished = close_request(session, stripe_id, now)
    if not is_still_wished and not at_once:  # taken back while Stripe was being told
        tell_stripe(billing, stripe_id, {"cancel_at_period_end": False})
        sync_subscription(billing, stripe_id)


def _charged_since(session: Session, wish: CancellationRequest) -> list[str]:
    """Return the renewals that were paid after somebody had asked to end it, and were not given back yet."""
    return [
        one.stripe_id
        for one in invoices_of(session, wish.subscription_id)
        if one.reason == "subscription_cycle"
        and one.status == "paid"
        and (one.paid_at or one.created_at) > wish.asked_at
        and one.refunded_minor < one.paid_minor
    ]


def _end(billing: Billing, row: Subscription, wish: CancellationRequest, *, at_once: bool) -> None:
    details = Farewell(Feedback(wish.reason) if wish.reason else None, wish.comment).details
    told: Json = {"cancellation_details": details} if details else {}
    try:
        if row.schedule_id:
            billing.gateway.release_schedule(row.schedule_id)
        if at_once:
            billing.gateway.cancel_subscription(row.stripe_id, told)
        elif row.cancels_at is None:
            tell_stripe(billing, row.stripe_id, {"cancel_at_period_end": True, **told})
    except StripeNotFound:
        log.info("it had ended already", subscription=row.stripe_id)


def cancellation_asked_at(session: Session, stripe_id: str) -> datetime | None:
    """Return when somebody asked for a cancellation that is still to be carried out."""
    wish = open_request(session, stripe_id)
    return wish.asked_at if wish else None
