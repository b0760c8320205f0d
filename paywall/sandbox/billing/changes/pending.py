"""Pending updates: a change that is made only once its invoice is paid, and dropped if that takes too long.

What is waited for is kept as the fields the subscription will have; `pending_update` shows the part that Stripe shows.
"""

from paywall.sandbox.billing.cycle import timers
from paywall.sandbox.billing.invoices.finalizing import void
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work

EXPIRES_SECONDS = 23 * 3600


def begin(work: Work, subscription: Json, invoice: Json, fields: Json) -> None:
    """Keep the fields back until the invoice is paid; nothing is shown of it yet."""
    timers.remember(work, subscription, waiting={"invoice": invoice["id"], "fields": fields})


def waits_for(work: Work, subscription: Json, invoice: Json) -> bool:
    """Return whether a change of the subscription waits for this invoice."""
    waiting = work.store.private(subscription["id"]).get("waiting") or {}
    return bool(waiting.get("invoice") == invoice["id"])


def show(work: Work, subscription: Json) -> None:
    """Show the change that could not be paid at once as the subscription's `pending_update`."""
    fields = work.store.private(subscription["id"])["waiting"]["fields"]
    ends = timers.period_of(subscription)[1]
    update = {
        "billing_cycle_anchor": fields.get("billing_cycle_anchor"),
        "cancel_at_period_end": fields.get("cancel_at_period_end"),
        "discounts": None,
        "expires_at": min(work.now + EXPIRES_SECONDS, ends),
        "metadata": fields.get("metadata"),
        "subscription_items": fields["items"]["data"] if "items" in fields else None,
        "trial_end": fields.get("trial_end"),
        "trial_from_plan": None,
    }
    work.change(subscription, event="customer.subscription.updated", pending_update=update)
    timers.wind(work, subscription)


def apply(work: Work, subscription: Json) -> None:
    """Make the change that was waited for."""
    waiting = work.store.private(subscription["id"])["waiting"]
    timers.remember(work, subscription, waiting=None)
    was_shown = subscription["pending_update"] is not None
    changed = {**waiting["fields"], "pending_update": None}
    work.change(subscription, event="customer.subscription.updated", **changed)
    if was_shown:
        work.emit("customer.subscription.pending_update_applied", subscription)
    timers.wind(work, subscription)


def drop(work: Work, subscription: Json) -> None:
    """Forget the change and void the invoice it waited for, if there is one."""
    waiting = work.store.private(subscription["id"]).get("waiting")
    if not waiting:
        return
    timers.remember(work, subscription, waiting=None)
    invoice = work.get("invoice", waiting["invoice"])
    if invoice["status"] == "open":
        void(work, invoice)
    forget(work, subscription)


def forget(work: Work, subscription: Json) -> None:
    """Take the pending update from the subscription and tell that it expired."""
    timers.remember(work, subscription, waiting=None)
    if subscription["pending_update"] is not None:
        work.change(subscription, event="customer.subscription.updated", pending_update=None)
        work.emit("customer.subscription.pending_update_expired", subscription)
    timers.wind(work, subscription)
