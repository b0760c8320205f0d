"""The phases of a schedule: read from parameters, laid end to end, shown as Stripe shows them."""

from itertools import pairwise

from paywall.sandbox.billing import tax_rates
from paywall.sandbox.billing.cycle import timers
from paywall.sandbox.billing.periods import boundary
from paywall.sandbox.billing.subscriptions import creating
from paywall.sandbox.state.errors import invalid
from paywall.sandbox.state.shapes import Json, shape
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.params import merged


def of_subscription(subscription: Json) -> Json:
    """Return the phase a subscription is in: its present items until its present period ends."""
    start, end = timers.period_of(subscription)
    rows = [
        {"price": item["price"]["id"], "quantity": item["quantity"], "metadata": item["metadata"]}
        for item in subscription["items"]["data"]
    ]
    return shape(
        "subscription_schedule_phase",
        currency=subscription["currency"],
        default_tax_rates=subscription["default_tax_rates"],
        discounts=[_discount({"discount": one}) for one in subscription["discounts"]],
        end_date=end,
        items=[_item(row) for row in rows],
        metadata=subscription["metadata"],
        start_date=start,
        trial_end=end if subscription["status"] == "trialing" else None,
    )


def read(work: Work, schedule: Json, rows: list[Json], starts_at: int | None = None) -> list[Json]:
    """Return the phases the rows ask for; they follow on one another, and the first begins where the schedule did.

    `starts_at` is where a schedule without phases begins: now, unless told otherwise.
    """
    if not rows:
        raise invalid("Missing required param: phases.", "phases", "parameter_missing")
    started = schedule["phases"][0]["start_date"] if schedule["phases"] else starts_at or work.now
    found: list[Json] = []
    for place, row in enumerate(rows):
        start = found[-1]["end_date"] if found else started
        found.append(_phase(work, row, start, f"phases[{place}]"))
    _check(work, schedule, found)
    return found


def _phase(work: Work, row: Json, start: int, name: str) -> Json:
    creating.check_prices(work, row["items"])
    currency = work.get("price", row["items"][0]["price"], f"{name}[items][0][price]")["currency"]
    if row.get("start_date", start) not in {start, "now"}:
        raise invalid(
            "Each phase must start where the one before ends; the first one where it began.", f"{name}[start_date]"
        )
    plain = {key: row[key] for key in ("description", "proration_behavior", "trial_end") if key in row}
    return shape(
        "subscription_schedule_phase",
        currency=currency,
        default_tax_rates=tax_rates.chosen(work, row.get("default_tax_rates", []), f"{name}[default_tax_rates]"),
        discounts=[_discount(one) for one in row.get("discounts", [])],
        end_date=_end(work, row, start, name),
        items=[_item(item) for item in row["items"]],
        metadata=merged({}, row.get("metadata", {})),
        start_date=start,
        **plain,
    )


def _end(work: Work, row: Json, start: int, name: str) -> int:
    if ("end_date" in row) == ("duration" in row):
        raise invalid("You must pass exactly one of end_date or duration for each phase.", f"{name}[end_date]")
    if "duration" in row:
        return boundary(start, {"interval_count": 1, **row["duration"]}, 1)
    end = work.now if row["end_date"] == "now" else int(row["end_date"])
    if end < start:
        raise invalid("A phase cannot end before it starts.", f"{name}[end_date]")
    return end


def _check(work: Work, schedule: Json, phases: list[Json]) -> None:
    if any(earlier["end_date"] != later["start_date"] for earlier, later in pairwise(phases)):
        raise invalid("Phases must follow on one another without gaps.", "phases")
    if phases[-1]["end_date"] <= work.now:
        raise invalid("The last phase must end in the future.", "phases")
    if len({phase["currency"] for phase in [*schedule["phases"], *phases]}) > 1:
        raise invalid("All phases must be in the subscription's currency.", "phases")


def _item(row: Json) -> Json:
    return {
        "billing_thresholds": None,
        "discounts": [],
        "metadata": merged({}, row.get("metadata", {})),
        "price": row["price"],
        "quantity": row.get("quantity", 1),
        "tax_rates": [],
    }


def _discount(row: Json) -> Json:
    return {"coupon": None, "discount": None, "promotion_code": None, **row}


def present(phases: list[Json], now: int) -> Json | None:
    """Return the phase that now lies in, None after the last one."""
    return next((phase for phase in phases if phase["start_date"] <= now < phase["end_date"]), None)
