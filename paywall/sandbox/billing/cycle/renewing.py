"""Renewal: the next period begins, its invoice waits an hour as a draft; and what is told some days before."""

from paywall.sandbox.billing.cycle import timers, trials
from paywall.sandbox.billing.debts import collecting
from paywall.sandbox.billing.discounts import applying
from paywall.sandbox.billing.invoices import drafting, finalizing
from paywall.sandbox.billing.periods import period_at
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work


def renew(work: Work, subscription: Json) -> None:
    """Begin the next period: it advances now, its invoice is paid an hour later; a trial ends with it."""
    if subscription["status"] == "trialing" and trials.is_over_without_card(work, subscription):
        return
    begun = renewed(work, subscription)
    invoice = drafting.draft(work, {**subscription, **begun}, _cause(subscription, begun))
    left = applying.left_after(work, subscription, invoice)
    fields = {**begun, "latest_invoice": invoice["id"], "discounts": left}
    work.change(subscription, event="customer.subscription.updated", **fields)
    timers.wind(work, subscription)
    release(work, subscription, invoice)


def renewed(work: Work, subscription: Json) -> Json:
    """Return the fields of a subscription whose next period begins now."""
    anchor = subscription["billing_cycle_anchor"]
    items = [_next_period(work.now, anchor, item) for item in subscription["items"]["data"]]
    fields: Json = {"items": {**subscription["items"], "data": items}}
    return {**fields, "status": "active"} if subscription["status"] == "trialing" else fields


def _next_period(now: int, anchor: int, item: Json) -> Json:
    start, end = period_at(anchor, item["price"]["recurring"], now)
    return {**item, "current_period_start": start, "current_period_end": end}


def _cause(subscription: Json, begun: Json) -> drafting.Cause:
    return drafting.Cause("subscription_cycle", begun["items"]["data"], timers.period_of(subscription))


def release(work: Work, subscription: Json, invoice: Json) -> None:
    """Let a renewal's draft go its way: by itself after an hour, or as paused collection or unpaid debts say."""
    behaviour = (subscription["pause_collection"] or {}).get("behavior")
    if behaviour == "keep_as_draft" or subscription["status"] == "unpaid":
        drafting.hold(work, invoice)
    elif behaviour == "void":
        finalizing.finalize(work, invoice, expects_payment=False)
        finalizing.void(work, invoice)
    elif behaviour == "mark_uncollectible":
        finalizing.finalize(work, invoice)
        finalizing.mark_uncollectible(work, invoice)
    else:
        drafting.wait_an_hour(work, invoice)


def resume_collection(work: Work, subscription: Json) -> None:
    """Collect again from the moment that was set for it."""
    work.change(subscription, event="customer.subscription.updated", pause_collection=None)
    timers.wind(work, subscription)


def resume(work: Work, subscription: Json, *, anchored_now: bool) -> Json:
    """Bring a paused subscription back by an invoice; it is active once that is paid."""
    begun = renewed(work, {**subscription, "billing_cycle_anchor": work.now} if anchored_now else subscription)
    if anchored_now:
        begun["billing_cycle_anchor"] = work.now
    cause = drafting.Cause("subscription_update", begun["items"]["data"], timers.period_of(subscription))
    invoice = drafting.draft(work, {**subscription, **begun, "status": "active"}, cause)
    left = applying.left_after(work, subscription, invoice)
    fields = {**begun, "latest_invoice": invoice["id"], "discounts": left}
    work.change(subscription, event="customer.subscription.updated", **fields)
    collecting.charge(work, invoice)
    return work.get("subscription", subscription["id"])
