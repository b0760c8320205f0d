"""Time: what falls due on sessions, invoices, subscriptions, payments, …, each at its own second and in order."""

from collections.abc import Callable

from paywall.sandbox.billing.changes import previewing
from paywall.sandbox.billing.cycle import timers, turning
from paywall.sandbox.billing.debts import overdue
from paywall.sandbox.billing.discounts import coupons, promotion_codes
from paywall.sandbox.billing.schedules import beginning
from paywall.sandbox.hosted import checkout
from paywall.sandbox.payments import refunds
from paywall.sandbox.payments.debits import arriving
from paywall.sandbox.payments.disputes import answering, opening
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work


def turn(work: Work, kind: str, body: Json) -> None:
    """Do what has fallen due on this object; `work.now` is the second at which it did."""
    work.store.set_due(body["id"], None)
    _TURNS[kind](work, body)


def _turn_session(work: Work, session: Json) -> None:
    checkout.expire(work, {"id": session["id"]})


def _turn_subscription(work: Work, subscription: Json) -> None:
    due = timers.next_turn(subscription, work.store.private(subscription["id"]))
    if due is not None and due[1] == "upcoming":
        previewing.announce_upcoming(work, subscription)
    else:
        turning.turn(work, subscription)


_TURNS: dict[str, Callable[[Work, Json], None]] = {
    "charge": opening.turn,
    "checkout.session": _turn_session,
    "coupon": coupons.expire,
    "dispute": answering.turn,
    "invoice": overdue.turn,
    "payment_intent": arriving.turn,
    "promotion_code": promotion_codes.expire,
    "refund": refunds.turn,
    "subscription": _turn_subscription,
    "subscription_schedule": beginning.begin,
}
