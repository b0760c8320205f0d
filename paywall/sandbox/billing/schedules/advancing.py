"""How a schedule goes on: at the end of a phase the subscription becomes what the next one says, or is let go."""

from paywall.sandbox.billing.changes import changing
from paywall.sandbox.billing.cycle import timers
from paywall.sandbox.billing.schedules import phases
from paywall.sandbox.billing.subscriptions import ending
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work


def advance(work: Work, subscription: Json) -> None:
    """End the phase whose time is over and begin the next; after the last one, cancel or release."""
    schedule = work.get("subscription_schedule", subscription["schedule"])
    phase = phases.present(schedule["phases"], work.now)
    if phase is None:
        _finish(work, schedule, subscription)
        return
    enter(work, schedule, subscription, phase)


def enter(work: Work, schedule: Json, subscription: Json, phase: Json) -> None:
    """Make a phase the present one and the subscription what it says."""
    stand_in(work, schedule, subscription, phase)
    params = _params(subscription, phase)
    if timers.period_of(subscription)[1] == work.now:
        _at_renewal(work, subscription, params)
    else:
        params["proration_behavior"] = phase["proration_behavior"]
        changing.carry_out(work, subscription, changing.plan(work, subscription, params), "allow_incomplete")


def stand_in(work: Work, schedule: Json, subscription: Json, phase: Json) -> None:
    """Note which phase is the present one and when it ends."""
    dates = {"start_date": phase["start_date"], "end_date": phase["end_date"]}
    work.change(schedule, event="subscription_schedule.updated", current_phase=dates)
    timers.remember(work, subscription, phase_ends_at=phase["end_date"])


def _params(subscription: Json, phase: Json) -> Json:
    """Return the change a phase asks for: items place by place, and only the discounts and tax rates it names.

    What a phase does not name is lost, as at Stripe, where a phase is replaced as a whole.
    """
    old = [item["id"] for item in subscription["items"]["data"]]
    new = [{name: row[name] for name in ("price", "quantity", "metadata")} for row in phase["items"]]
    rows = [{**row, "id": identifier} for row, identifier in zip(new, old, strict=False)]
    rows += [{"id": identifier, "deleted": True} for identifier in old[len(new) :]]
    params: Json = {"items": [*rows, *new[len(old) :]], "metadata": phase["metadata"]}
    params["default_tax_rates"] = [rate["id"] for rate in phase["default_tax_rates"]]
    rows_of_discounts = [{name: one[name] for name in one if one[name]} for one in phase["discounts"]]
    living = [one for one in rows_of_discounts if one.get("discount") in {None, *subscription["discounts"]}]
    return {**params, "discounts": living}


def _at_renewal(work: Work, subscription: Json, params: Json) -> None:
    """Exchange the items just before the renewal that falls into the same second bills them."""
    change = changing.plan(work, subscription, {**params, "proration_behavior": "none"})
    kept = [_with_period_of(subscription, item) for item in change.fields["items"]["data"]]
    fields = {**change.fields, "items": {**subscription["items"], "data": kept}}
    changing.apply(work, subscription, fields)


def _with_period_of(subscription: Json, item: Json) -> Json:
    start, end = timers.period_of(subscription)
    return {**item, "current_period_start": start, "current_period_end": end}


def _finish(work: Work, schedule: Json, subscription: Json) -> None:
    if schedule["end_behavior"] == "cancel":
        completed = {"status": "completed", "completed_at": work.now, "current_phase": None}
        work.change(schedule, event="subscription_schedule.completed", **completed)
        ending.end(work, subscription, reason=None)
    else:
        release(work, schedule, subscription)


def release(work: Work, schedule: Json, subscription: Json) -> None:
    """Let the subscription go on as it is, without the schedule."""
    work.change(
        schedule,
        event="subscription_schedule.released",
        status="released",
        released_at=work.now,
        released_subscription=subscription["id"],
        subscription=None,
        current_phase=None,
    )
    changing.apply(work, subscription, {"schedule": None})
