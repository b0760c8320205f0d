"""The end of a subscription: now by a call, at its moment by itself, or because it was never paid."""

from paywall.sandbox.billing.changes import prorating
from paywall.sandbox.billing.cycle import timers
from paywall.sandbox.billing.cycle.timers import ENDED
from paywall.sandbox.billing.debts import collecting
from paywall.sandbox.billing.invoices import drafting, items
from paywall.sandbox.billing.invoices.finalizing import void
from paywall.sandbox.state.errors import no_such
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work


def living(work: Work, identifier: str) -> Json:
    """Return a subscription that has not ended; an ended one is as missing as at Stripe."""
    subscription = work.get("subscription", identifier)
    if subscription["status"] in ENDED:
        raise no_such("subscription", identifier)
    return subscription


def cancel(work: Work, params: Json) -> Json:
    """End a subscription now; `prorate` credits what is left of it, `invoice_now` bills what waits."""
    subscription = living(work, params["id"])
    if params.get("prorate"):
        gone = prorating.credits_for(work, subscription, subscription["items"]["data"], work.now)
        prorating.make_items(work, subscription, gone)
    end(work, subscription, reason="cancellation_requested", **params.get("cancellation_details", {}))
    if params.get("invoice_now") and items.waiting(work, subscription["customer"], subscription["id"]):
        last = drafting.Cause("subscription_update", [], timers.period_of(subscription))
        invoice = drafting.draft(work, subscription, last)
        work.change(subscription, latest_invoice=invoice["id"])
        collecting.charge(work, invoice)
    return subscription


def end(work: Work, subscription: Json, reason: str | None, **details: str | None) -> Json:
    """Close a subscription: nothing more is taken, `customer.subscription.deleted` tells it."""
    work.store.set_due(subscription["id"], None)
    kept = subscription["cancellation_details"]
    work.change(
        subscription,
        status="canceled",
        canceled_at=subscription["canceled_at"] or work.now,
        ended_at=work.now,
        pending_update=None,
        cancellation_details={**kept, **details, "reason": kept["reason"] or reason},
    )
    work.emit("customer.subscription.deleted", subscription)
    collecting.stop(work, subscription["id"])
    _close_schedule(work, subscription)
    return subscription


def _close_schedule(work: Work, subscription: Json) -> None:
    schedule = subscription["schedule"] and work.get("subscription_schedule", subscription["schedule"])
    if schedule and schedule["status"] == "active":
        closed = {"status": "canceled", "canceled_at": work.now, "current_phase": None}
        work.change(schedule, event="subscription_schedule.canceled", **closed)


def give_up(work: Work, subscription: Json) -> None:
    """Let a subscription expire whose first invoice was never paid."""
    void(work, work.get("invoice", subscription["latest_invoice"]))
    expired = {"status": "incomplete_expired", "ended_at": work.now}
    work.change(subscription, event="customer.subscription.updated", **expired)
