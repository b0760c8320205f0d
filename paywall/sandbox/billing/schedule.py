"""Time: what falls due on sessions, invoices and subscriptions, each at its own second and in order.

Dunning beyond the retries of `collecting.py`, trials and test clocks belong here too.
"""

from collections.abc import Callable

from paywall.sandbox.billing import collecting, invoices, subscriptions
from paywall.sandbox.billing.periods import period_at
from paywall.sandbox.hosted import checkout
from paywall.sandbox.payments import payment_methods
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work


def turn(work: Work, kind: str, body: Json) -> None:
    """Do what has fallen due on this object; `work.now` is the second at which it did."""
    work.store.set_due(body["id"], None)
    _TURNS[kind](work, body)


def _turn_session(work: Work, session: Json) -> None:
    checkout.expire(work, {"id": session["id"]})


def _turn_invoice(work: Work, invoice: Json) -> None:
    if invoice["status"] == "draft":
        invoices.finalize(work, invoice)
    subscription = collecting.subscription_of(work, invoice)
    method = payment_methods.default_for(work, invoice["customer"], subscription)
    collecting.collect(work, invoice, method)
    given_up = invoice["status"] == "open" and invoice["next_payment_attempt"] is None
    if given_up and subscription["status"] not in subscriptions.ENDED:
        subscriptions.end(work, collecting.subscription_of(work, invoice), reason="payment_failed")


def _turn_subscription(work: Work, subscription: Json) -> None:
    if subscription["status"] == "incomplete":
        _give_up(work, subscription)
    elif subscription["cancel_at"] is not None and subscription["cancel_at"] <= work.now:
        subscriptions.end(work, subscription, reason="cancellation_requested")
    else:
        _renew(work, subscription)


def _give_up(work: Work, subscription: Json) -> None:
    invoices.void(work, work.get("invoice", subscription["latest_invoice"]))
    expired = {"status": "incomplete_expired", "ended_at": work.now}
    work.change(subscription, event="customer.subscription.updated", **expired)


def _renew(work: Work, subscription: Json) -> None:
    """Begin the next period: it advances now, its invoice is a draft for an hour and is paid only then."""
    behind = subscription["items"]["data"][0]
    past = behind["current_period_start"], behind["current_period_end"]
    items = [_next_period(work, subscription, item) for item in subscription["items"]["data"]]
    listed = {**subscription["items"], "data": items}
    invoice = invoices.draft(work, {**subscription, "items": listed}, "subscription_cycle", past)
    advanced = {"items": listed, "latest_invoice": invoice["id"]}
    work.change(subscription, event="customer.subscription.updated", **advanced)
    work.store.set_due(subscription["id"], collecting.next_turn(subscription))


def _next_period(work: Work, subscription: Json, item: Json) -> Json:
    anchor, recurring = subscription["billing_cycle_anchor"], item["price"]["recurring"]
    start, end = period_at(anchor, recurring, work.now)
    return {**item, "current_period_start": start, "current_period_end": end}


_TURNS: dict[str, Callable[[Work, Json], None]] = {
    "checkout.session": _turn_session,
    "invoice": _turn_invoice,
    "subscription": _turn_subscription,
}
