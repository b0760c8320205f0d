"""The way back from Stripe's page: whichever of this and the webhook comes first opens the articles."""

import re
from dataclasses import dataclass
from enum import StrEnum

from paywall import clock
from paywall.billing.checkout.errors import CheckoutBelongsToAnother
from paywall.billing.checkout.tables import CheckoutState, checkout_by_session, customer_of, end_checkout
from paywall.billing.parts import Billing
from paywall.billing.snapshots.fields import id_of
from paywall.billing.stripe_calls.asking import Json
from paywall.billing.stripe_errors import StripeNotFound, StripeUnavailable
from paywall.billing.subscriptions.status import ENDED, Status
from paywall.billing.subscriptions.tables import subscription_by_stripe_id
from paywall.billing.syncing.ownership import Owner
from paywall.billing.syncing.sync import BeingSynced, sync_subscription
from paywall.billing.trials.taking import was_refused
from paywall.entitlements.reading import rights_of
from paywall.entitlements.rules import best

_SESSION_ID = re.compile(r"cs_[A-Za-z0-9_]{8,250}")
_PAID = frozenset({"paid", "no_payment_required"})


class Arrival(StrEnum):
    """How things stand when a reader comes back."""

    OPEN = "open"  # may read
    ACTIVATING = "activating"  # paid, and we are about to know it
    PENDING = "pending"  # not paid
    UNDER_WAY = "under_way"  # paid by a means that takes days
    EXPIRED = "expired"  # the payment page was closed unpaid
    FAILED = "failed"  # the bank did not carry the payment out, and the subscription has ended
    TRIAL_REFUSED = "trial_refused"  # the card has had its trial, and nothing was charged
    OWING = "owing"  # the bank did not carry the payment out, and it can still be made another way
    OVER = "over"  # paid once, and ended since


@dataclass(frozen=True, slots=True)
class Welcome:
    """Where a reader stands and wants to go on."""

    arrival: Arrival
    next: str


def finish_checkout(billing: Billing, who: Owner, session_id: str) -> Welcome:
    """Make a payment count that the reader has just come back from; safe to repeat.

    Raises CheckoutBelongsToAnother where the session is nobody's or somebody else's. The calling thread must hold no
    open transaction: Stripe is asked.
    """
    if not _SESSION_ID.fullmatch(session_id):
        raise CheckoutBelongsToAnother
    known_next = _known_next(billing, who.reader_id, session_id)
    try:
        found = _own_session(billing, who.reader_id, session_id)
        arrival = _arrive(billing, who, found)
    except (StripeUnavailable, BeingSynced):
        if known_next is None:
            raise
        arrival = Arrival.OPEN if _may_read(billing, who) else Arrival.ACTIVATING
    return Welcome(arrival, known_next or "/")


def _known_next(billing: Billing, reader_id: int, session_id: str) -> str | None:
    """Return where our own row of this session leads; None if there is no such row."""
    with billing.database.reading() as session:
        row = checkout_by_session(session, session_id)
    if row is not None and row.reader_id != reader_id:
        raise CheckoutBelongsToAnother
    return row.next if row else None


def _own_session(billing: Billing, reader_id: int, session_id: str) -> Json:
    with billing.database.reading() as session:
        customer = customer_of(session, reader_id)
    if customer is None:
        raise CheckoutBelongsToAnother
    try:
        found = billing.gateway.retrieve_checkout_session(session_id)
    except StripeNotFound as error:
        raise CheckoutBelongsToAnother from error
    if id_of(found.get("customer")) != customer:
        raise CheckoutBelongsToAnother
    return found


def _arrive(billing: Billing, who: Owner, found: Json) -> Arrival:
    if found.get("status") == "expired":
        _end(billing, found["id"], CheckoutState.CLOSED)
        return Arrival.EXPIRED
    if found.get("status") != "complete":
        return Arrival.PENDING
    subscription_id = id_of(found.get("subscription"))
    if subscription_id:
        sync_subscription(billing, subscription_id)
    _end(billing, found["id"], CheckoutState.COMPLETED)
    if _may_read(billing, who):
        return Arrival.OPEN
    return _closed(billing, subscription_id or "", is_paid=found.get("payment_status") in _PAID)


def _closed(billing: Billing, subscription_id: str, *, is_paid: bool) -> Arrival:
    """Return why a page that was filled in opens nothing yet, or nothing any more."""
    with billing.database.reading() as session:
        row = subscription_by_stripe_id(session, subscription_id)
        if was_refused(session, subscription_id):
            return Arrival.TRIAL_REFUSED
        status = row.status if row else ""
    if status in ENDED:
        return Arrival.OVER if is_paid else Arrival.FAILED
    if status in (Status.PAST_DUE, Status.UNPAID):
        return Arrival.OWING
    return Arrival.ACTIVATING if is_paid else Arrival.UNDER_WAY


def _end(billing: Billing, session_id: str, state: CheckoutState) -> None:
    with billing.database.writing() as session:
        row = checkout_by_session(session, session_id)
        if row is not None:
            end_checkout(session, row.id, state)


def _may_read(billing: Billing, who: Owner) -> bool:
    with billing.database.reading() as session:
        rights = rights_of(session, who.publisher_id, who.reader_id)
    return rights is not None and best(list(rights.entitlements), clock.now()) is not None
