"""From the click on a price to a payment page: one page, one customer and one subscription for each reader."""

import time
from datetime import timedelta

from paywall import clock
from paywall.billing.checkout.errors import CheckoutBusy
from paywall.billing.checkout.order import Order, wish_of
from paywall.billing.checkout.page import open_page, refuse_beside
from paywall.billing.checkout.tables import CheckoutState, customer_of
from paywall.billing.checkout.turns import Turn, Wish, end_turn, give_up, take_turn
from paywall.billing.parts import Billing
from paywall.billing.snapshots.fields import id_of
from paywall.billing.stripe_calls.asking import Json
from paywall.billing.stripe_errors import IdempotencyConflict, StripeNotFound, StripeUnavailable, is_kept
from paywall.billing.subscriptions.reading import current_subscription
from paywall.errors import PaywallError

WAIT_FOR = timedelta(seconds=2)
_POLL_SECONDS = 0.05


class _Again(Exception):
    """The open checkout was of no use: begin another."""


def start_checkout(billing: Billing, order: Order) -> str:
    """Return the address to send the reader to: a page at Stripe, or our own if a payment is already made.

    Raises UnknownPrice, AlreadySubscribed, PaymentDue, CheckoutBusy, or a situation of `stripe_errors`. The calling
    thread must hold no open transaction: Stripe is asked between short ones.
    """
    wish = wish_of(billing, order)
    _refuse_second(billing, order.reader_id)
    deadline, has_waited = clock.wall() + WAIT_FOR, False
    while True:
        turn = take_turn(billing.database, wish, clock.wall(), has_waited=has_waited)
        if turn.is_mine:
            try:
                return _work(billing, order, wish, turn)
            except _Again:
                continue
        if turn.url and has_waited and turn.is_for(wish):
            return turn.url
        if clock.wall() > deadline:
            raise CheckoutBusy
        has_waited = True
        time.sleep(_POLL_SECONDS)


def _refuse_second(billing: Billing, reader_id: int) -> None:
    with billing.database.reading() as session:
        row = current_subscription(session, reader_id)
        status = row.status if row else None
    if status is not None:
        refuse_beside(status)


def _work(billing: Billing, order: Order, wish: Wish, turn: Turn) -> str:
    """Do what the turn was taken for; whatever happens leaves nothing behind that stands in the next click's way."""
    try:
        address = _page(billing, order, wish, turn)
    except Exception as error:
        if _needs_another_attempt(error):
            give_up(billing.database, turn, CheckoutState.CLOSED)
        else:
            end_turn(billing.database, turn, clock.wall())
        raise
    return address


def _needs_another_attempt(error: Exception) -> bool:
    """Tell whether the same attempt could only meet the same end.

    After a lost answer the opposite holds: only the same attempt finds the page that may have been made.
    """
    if isinstance(error, (StripeUnavailable, IdempotencyConflict)):
        return is_kept(error)
    return isinstance(error, (PaywallError, _Again)) and not isinstance(error, CheckoutBusy)


def _page(billing: Billing, order: Order, wish: Wish, turn: Turn) -> str:
    if turn.session_id:
        return _known_page(billing, wish, turn)
    if not turn.is_for(wish):
        raise _Again
    return open_page(billing, order, turn)


def _known_page(billing: Billing, wish: Wish, turn: Turn) -> str:
    """Send the reader back to a page that was made before, if it is still the right one."""
    try:
        found = billing.gateway.retrieve_checkout_session(turn.session_id or "")
    except StripeNotFound as error:
        raise _Again from error
    if found.get("status") == "complete":
        give_up(billing.database, turn, CheckoutState.COMPLETED)
        return f"/subscribe/welcome?session_id={found['id']}"
    is_open = found.get("status") == "open" and found.get("url")
    if is_open and turn.is_for(wish) and _is_of_living_customer(billing, found, wish.reader_id):
        end_turn(billing.database, turn, clock.wall())
        return str(found["url"])
    raise _Again


def _is_of_living_customer(billing: Billing, page: Json, reader_id: int) -> bool:
    with billing.database.reading() as session:
        return id_of(page.get("customer")) == customer_of(session, reader_id)
