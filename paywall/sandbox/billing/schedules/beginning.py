"""Schedules that begin a subscription of their own, now or on a day to come, from the phases they are given."""

from paywall.sandbox.billing.changes import changing
from paywall.sandbox.billing.schedules import advancing, phases
from paywall.sandbox.billing.subscriptions import creating
from paywall.sandbox.state.errors import missing
from paywall.sandbox.state.shapes import Json, shape
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.params import merged


def create(work: Work, params: Json) -> Json:
    """Make a schedule for a customer; its subscription begins with the first phase, at once or on `start_date`."""
    for name in ("customer", "phases"):
        if name not in params:
            raise missing(name)
    customer = work.get("customer", params["customer"], "customer")
    wanted = params.get("start_date", "now")
    starts_at = work.now if wanted == "now" else max(work.now, int(wanted))
    schedule = work.add(
        "subscription_schedule",
        due_at=starts_at if starts_at > work.now else None,
        current_phase=None,
        billing_mode={**shape("subscription")["billing_mode"], "updated_at": work.now},
        customer=customer["id"],
        end_behavior=params.get("end_behavior", "release"),
        metadata=merged({}, params.get("metadata", {})),
        phases=_laid_out(work, params["phases"], starts_at),
        status="not_started",
        subscription=None,
    )
    work.emit("subscription_schedule.created", schedule)
    if starts_at == work.now:
        begin(work, schedule)
    return work.get("subscription_schedule", schedule["id"])


def _laid_out(work: Work, rows: list[Json], starts_at: int) -> list[Json]:
    """Return the phases; one that does not say how long it is lasts so many `iterations` of its price, or one."""
    for place, row in enumerate(rows):
        if "end_date" not in row and "duration" not in row:
            price = work.get("price", row["items"][0]["price"], f"phases[{place}][items][0][price]")
            count = price["recurring"]["interval_count"] * row.get("iterations", 1)
            row["duration"] = {"interval": price["recurring"]["interval"], "interval_count": count}
    return phases.read(work, {"phases": []}, rows, starts_at)


def end_unbegun(work: Work, schedule: Json, status: str, moment: str) -> Json:
    """Cancel or release a schedule that has not begun; `moment` is the field that keeps when."""
    work.store.set_due(schedule["id"], None)
    return work.change(schedule, event=f"subscription_schedule.{status}", status=status, **{moment: work.now})


def begin(work: Work, schedule: Json) -> None:
    """Begin the subscription of a schedule whose first phase has come."""
    phase = schedule["phases"][0]
    items = [{"price": row["price"], "quantity": row["quantity"]} for row in phase["items"]]
    subscription = creating.create(work, {"customer": schedule["customer"], "items": items})
    work.change(schedule, status="active", subscription=subscription["id"])
    advancing.stand_in(work, schedule, subscription, phase)
    changing.apply(work, subscription, {"schedule": schedule["id"]})
