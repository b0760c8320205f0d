"""Subscription schedules: made from a subscription, given phases, released or cancelled."""

from typing import Any

from paywall.sandbox.billing.changes import changing
from paywall.sandbox.billing.cycle.timers import ENDED
from paywall.sandbox.billing.discounts import applying
from paywall.sandbox.billing.schedules import advancing, beginning, phases
from paywall.sandbox.billing.subscriptions import ending
from paywall.sandbox.state.errors import invalid, refused
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.paging import equals
from paywall.sandbox.wire.params import (
    Declared,
    currency,
    flag,
    integer,
    merged,
    metadata,
    one_of,
    required,
    rows_of,
    shape_of,
    text,
)
from paywall.sandbox.wire.routes import Operation, listing, retrieving


def create(work: Work, params: Json) -> Json:
    """Put a living subscription under a new schedule whose only phase is the present period, or begin a new one."""
    if "from_subscription" not in params:
        return beginning.create(work, params)
    if others := sorted(set(params) - {"from_subscription", "metadata"}):
        raise invalid(f"You cannot pass {others[0]} together with from_subscription.", others[0])
    subscription = work.get("subscription", params["from_subscription"], "from_subscription")
    if subscription["status"] in ENDED:
        raise refused("You cannot create a subscription schedule from a canceled subscription.", "from_subscription")
    if subscription["schedule"]:
        raise refused("You cannot migrate a subscription that is already attached to a schedule.", "from_subscription")
    phase = phases.of_subscription(subscription)
    schedule = work.add(
        "subscription_schedule",
        billing_mode=subscription["billing_mode"],
        customer=subscription["customer"],
        end_behavior="cancel" if subscription["cancel_at"] else "release",
        metadata=merged({}, params.get("metadata", {})),
        phases=[phase],
        subscription=subscription["id"],
        current_phase={"start_date": phase["start_date"], "end_date": phase["end_date"]},
    )
    work.emit("subscription_schedule.created", schedule)
    advancing.stand_in(work, schedule, subscription, phase)
    changing.apply(work, subscription, {"schedule": schedule["id"]})
    return schedule


def update(work: Work, params: Json) -> Json:
    """Give a schedule other phases, another end, or other metadata; a change of the present phase is made at once."""
    schedule = _active(work, params["id"], "update")
    changes = {"end_behavior": params["end_behavior"]} if "end_behavior" in params else {}
    if "metadata" in params:
        changes["metadata"] = merged(schedule["metadata"], params["metadata"])
    if "phases" in params:
        changes["phases"] = phases.read(work, schedule, params["phases"])
    work.change(schedule, event="subscription_schedule.updated", **changes)
    if "phases" in params and schedule["subscription"]:
        _take_up(work, schedule, params.get("proration_behavior"))
    return work.get("subscription_schedule", schedule["id"])


def _take_up(work: Work, schedule: Json, proration: str | None) -> None:
    subscription = work.get("subscription", schedule["subscription"])
    phase = phases.present(schedule["phases"], work.now)
    if phase is None:
        raise invalid("One of the phases must be the present one.", "phases")
    behaviour = proration or phase["proration_behavior"]
    advancing.enter(work, schedule, subscription, {**phase, "proration_behavior": behaviour})


def _active(work: Work, identifier: str, deed: str) -> Json:
    schedule = work.get("subscription_schedule", identifier)
    if schedule["status"] not in {"not_started", "active"}:
        raise refused(
            f"You cannot {deed} a subscription schedule that is currently in the `{schedule['status']}` status."
        )
    return schedule


def release(work: Work, params: Json) -> Json:
    """Let the subscription go on without the schedule."""
    schedule = _active(work, params["id"], "release")
    if schedule["subscription"] is None:
        return beginning.end_unbegun(work, schedule, "released", "released_at")
    advancing.release(work, schedule, work.get("subscription", schedule["subscription"]))
    return schedule


def cancel(work: Work, params: Json) -> Json:
    """Cancel a schedule and its subscription at once."""
    schedule = _active(work, params["id"], "cancel")
    how: Json = {name: params[name] for name in ("invoice_now", "prorate") if name in params}
    if schedule["subscription"]:
        ending.cancel(work, {"id": schedule["subscription"], **how})
    else:
        beginning.end_unbegun(work, schedule, "canceled", "canceled_at")
    return work.get("subscription_schedule", schedule["id"])


def _moment_or_now(name: str, raw: object) -> Any:  # noqa: ANN401 - a time or the word now
    return raw if raw == "now" else integer(0)(name, raw)


_PRORATION = one_of("always_invoice", "create_prorations", "none")
_ITEM: Declared = {"price": required(text()), "quantity": integer(0, 999_999), "metadata": metadata}
_DURATION: Declared = {"interval": required(one_of("day", "month", "week", "year")), "interval_count": integer(1)}
_PHASE: Declared = {
    "currency": currency,
    "default_tax_rates": rows_of(text(), 10),
    "description": text(500, unset=True),
    "discounts": applying.ROWS_OR_KEPT,
    "duration": shape_of(_DURATION),
    "end_date": _moment_or_now,
    "items": required(rows_of(shape_of(_ITEM), 20)),
    "metadata": metadata,
    "proration_behavior": _PRORATION,
    "start_date": _moment_or_now,
    "trial_end": integer(0),
}
_UPDATE: Declared = {
    "end_behavior": one_of("cancel", "release"),
    "metadata": metadata,
    "phases": rows_of(shape_of(_PHASE), 10),
    "proration_behavior": _PRORATION,
}
_CREATE: Declared = {
    "customer": text(),
    "end_behavior": one_of("cancel", "release"),
    "from_subscription": text(),
    "metadata": metadata,
    "phases": rows_of(shape_of({**_PHASE, "iterations": integer(1)}), 10),
    "start_date": _moment_or_now,
}
_PLACE = "/v1/subscription_schedules"

OPERATIONS = (
    Operation("POST", _PLACE, create, _CREATE),
    retrieving(f"{_PLACE}/<id>", "subscription_schedule"),
    Operation("POST", f"{_PLACE}/<id>", update, _UPDATE),
    listing(_PLACE, "subscription_schedule", {"customer": equals("customer")}),
    Operation("POST", f"{_PLACE}/<id>/release", release, {"preserve_cancel_date": flag}),
    Operation("POST", f"{_PLACE}/<id>/cancel", cancel, {"invoice_now": flag, "prorate": flag}),
)
