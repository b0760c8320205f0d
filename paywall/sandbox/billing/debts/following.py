"""How a subscription follows its invoice: active once it is paid, past due once it failed, changed once it is due."""

from paywall.sandbox.billing.changes import pending
from paywall.sandbox.billing.cycle import timers
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work

_LIVE_AGAIN = {"incomplete", "past_due", "unpaid"}


def subscription_of(work: Work, invoice: Json) -> Json | None:
    """Return the subscription the invoice belongs to, None for an invoice of its own."""
    details = (invoice["parent"] or {}).get("subscription_details")
    return work.get("subscription", details["subscription"]) if details else None


def is_retried(work: Work, invoice: Json) -> bool:
    """Return whether a failed payment is tried again by itself: not the first one, nor one that a change waits for.

    The first one is, too, if the subscription became active while a debit was on its way that then failed.
    """
    subscription = subscription_of(work, invoice)
    if invoice["status"] != "open":
        return False
    if subscription is None:
        return bool(invoice["auto_advance"])
    if invoice["billing_reason"] == "subscription_create" and not _began(subscription):
        return False
    return subscription["status"] != "paused" and not pending.waits_for(work, subscription, invoice)


def _began(subscription: Json) -> bool:
    charged = subscription["collection_method"] == "charge_automatically"
    return charged and subscription["status"] in {"active", "past_due"}


def paid(work: Work, invoice: Json) -> None:
    """Let the subscription be active that waited for this invoice, and make the change that waited for it."""
    subscription = subscription_of(work, invoice)
    if subscription is None:
        return
    if pending.waits_for(work, subscription, invoice):
        pending.apply(work, subscription)
    if subscription["status"] == "paused" and subscription["latest_invoice"] == invoice["id"]:
        _unpause(work, subscription)
    _set_status(work, subscription, invoice, _LIVE_AGAIN, "active")


def _unpause(work: Work, subscription: Json) -> None:
    work.change(subscription, event="customer.subscription.updated", status="active")
    work.emit("customer.subscription.resumed", subscription)
    timers.wind(work, subscription)


def underway(work: Work, invoice: Json) -> None:
    """Let a new subscription be active while a slow payment is on its way."""
    if (subscription := subscription_of(work, invoice)) is not None:
        _set_status(work, subscription, invoice, {"incomplete"}, "active")


def failed(work: Work, invoice: Json) -> None:
    """Let an active subscription be past due whose latest invoice could not be paid."""
    if (subscription := subscription_of(work, invoice)) is not None:
        _set_status(work, subscription, invoice, {"active"}, "past_due")


def _set_status(work: Work, subscription: Json, invoice: Json, among: set[str], status: str) -> None:
    if subscription["status"] in among and subscription["latest_invoice"] == invoice["id"]:
        work.change(subscription, event="customer.subscription.updated", status=status)
        timers.wind(work, subscription)
