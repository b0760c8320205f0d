"""Changing a subscription: what it is for, when it is billed and ends, whether it is collected, what pays it."""

from paywall.sandbox.billing import tax_rates
from paywall.sandbox.billing.changes import pending, prorating
from paywall.sandbox.billing.changes.cancelling import cancellation
from paywall.sandbox.billing.changes.planning import Change, planned
from paywall.sandbox.billing.cycle import timers, trials
from paywall.sandbox.billing.cycle.timers import ENDED
from paywall.sandbox.billing.debts import collecting
from paywall.sandbox.billing.discounts import applying
from paywall.sandbox.billing.invoices import drafting, finalizing
from paywall.sandbox.billing.subscriptions import creating
from paywall.sandbox.state.errors import invalid, refused
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.params import merged

_AFTER_THE_END = {"cancellation_details", "metadata"}
_MAY_PEND = {
    "billing_cycle_anchor",
    "cancel_at_period_end",
    "items",
    "metadata",
    "off_session",
    "payment_behavior",
    "proration_behavior",
    "proration_date",
    "trial_end",
}
_AS_THEY_ARE = ("collection_method", "days_until_due", "default_payment_method", "description")


def update(work: Work, params: Json) -> Json:
    """Change a subscription; of an ended one only the metadata and the cancellation's details."""
    subscription = work.get("subscription", params.pop("id"))
    _check(subscription, params)
    ends_trial = params.get("trial_end") == "now" and subscription["status"] == "trialing"
    if ends_trial and trials.is_over_without_card(work, subscription):
        return work.change(subscription, trial_end=work.now)
    change = plan(work, subscription, params)
    carry_out(work, subscription, change, params.get("payment_behavior", "allow_incomplete"))
    return work.get("subscription", subscription["id"])


def _check(subscription: Json, params: Json) -> None:
    if subscription["status"] in ENDED and set(params) - _AFTER_THE_END:
        raise refused("A canceled subscription can only update its cancellation_details and metadata.")
    if subscription["schedule"] and {"cancel_at", "cancel_at_period_end"} & set(params):
        raise refused(
            f"The subscription is managed by the subscription schedule `{subscription['schedule']}`, and updating any "
            "cancelation behavior directly is not allowed. Please update the schedule instead."
        )
    if params.get("payment_behavior") == "pending_if_incomplete" and (others := sorted(set(params) - _MAY_PEND)):
        raise invalid(
            f"You cannot use these parameters with payment_behavior=pending_if_incomplete: {', '.join(others)}.",
            others[0],
        )


def plan(work: Work, subscription: Json, params: Json) -> Change:
    """Return everything the parameters change."""
    change = planned(work, subscription, params)
    settings = {**_settings(work, subscription, params), **cancellation(subscription, params, work.now)}
    change.fields.update(settings)
    return change


def _settings(work: Work, subscription: Json, params: Json) -> Json:
    fields = {name: params[name] for name in _AS_THEY_ARE if name in params}
    if fields.get("default_payment_method"):
        work.get("payment_method", fields["default_payment_method"], "default_payment_method")
    if "metadata" in params:
        fields["metadata"] = merged(subscription["metadata"], params["metadata"])
    if "default_tax_rates" in params:
        fields["default_tax_rates"] = tax_rates.chosen(work, params["default_tax_rates"], "default_tax_rates")
    if "discounts" in params:
        fields["discounts"] = _discounts(work, subscription, params["discounts"])
    if "pause_collection" in params:
        fields["pause_collection"] = _pause(params["pause_collection"], work.now)
    for name in ("trial_settings", "payment_settings"):
        if name in params:
            fields[name] = {**subscription[name], **params[name]}
    return fields


def _pause(wanted: Json | None, now: int) -> Json | None:
    resumes_at = wanted.get("resumes_at") if wanted else None
    if resumes_at is not None and resumes_at <= now:
        raise refused("`pause_collection[resumes_at]` must be in the future.", "pause_collection[resumes_at]")
    return wanted and {"behavior": wanted["behavior"], "resumes_at": resumes_at}


def _discounts(work: Work, subscription: Json, rows: list[Json]) -> list[str]:
    """Return the discounts as they are named: those kept, then those newly given."""
    kept = [row["discount"] for row in rows if "discount" in row]
    if strangers := set(kept) - set(subscription["discounts"]):
        raise invalid(f"No such discount: '{min(strangers)}'", "discounts", "resource_missing")
    new = [row for row in rows if "discount" not in row]
    customer = subscription["customer"]
    offers = applying.offered(work, new, customer, subscription["currency"])
    applying.take_away(work, [one for one in subscription["discounts"] if one not in kept])
    return [*kept, *applying.give(work, offers, customer, subscription["id"])]


def carry_out(work: Work, subscription: Json, change: Change, behaviour: str) -> None:
    """Make the change: bill what it bills now, and make it at once or when that is paid, as the behaviour says."""
    if change.fields and behaviour == "pending_if_incomplete":
        pending.drop(work, subscription)
    prorating.make_items(work, subscription, change.prorations)
    if not change.invoiced:
        apply(work, subscription, change.fields)
        return
    invoice = bill(work, subscription, change)
    if behaviour == "pending_if_incomplete":
        _wait_for_payment(work, subscription, invoice, change.fields)
    else:
        apply(work, subscription, change.fields)
        _charge(work, invoice, behaviour)


def apply(work: Work, subscription: Json, fields: Json) -> None:
    """Give the subscription the fields, tell it, and wind its clock anew."""
    work.change(subscription, event="customer.subscription.updated", **fields)
    timers.wind(work, subscription)


def bill(work: Work, subscription: Json, change: Change) -> Json:
    """Make the draft of what the change bills now."""
    changed = {**subscription, **change.fields}
    period = timers.period_of(subscription)[0], work.now
    invoice = drafting.draft(work, changed, drafting.Cause("subscription_update", change.renewed, period))
    change.fields.update(latest_invoice=invoice["id"], discounts=applying.left_after(work, changed, invoice))
    return invoice


def _charge(work: Work, invoice: Json, behaviour: str) -> None:
    if behaviour == "default_incomplete" and invoice["amount_due"]:
        finalizing.finalize(work, invoice)
    else:
        creating.must_succeed(collecting.charge(work, invoice), behaviour)


def _wait_for_payment(work: Work, subscription: Json, invoice: Json, fields: Json) -> None:
    pending.begin(work, subscription, invoice, fields)
    work.change(subscription, latest_invoice=invoice["id"])
    collecting.charge(work, invoice)
    now = work.get("subscription", subscription["id"])
    if pending.waits_for(work, now, invoice):
        pending.show(work, now)
