"""What a change of a subscription comes to, before anything is stored: its fields, what is prorated, what is billed."""

from dataclasses import dataclass, field

from paywall.sandbox.billing.changes import prorating
from paywall.sandbox.billing.cycle import timers, trials
from paywall.sandbox.billing.periods import period_at
from paywall.sandbox.billing.subscriptions import items
from paywall.sandbox.state.errors import invalid
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work


@dataclass(frozen=True)
class Change:
    """The fields a subscription gets; `prorations` to be billed; `renewed` items begin a new period that is billed."""

    fields: Json
    prorations: list[Json] = field(default_factory=list)
    renewed: list[Json] = field(default_factory=list)
    invoiced: bool = False


def planned(work: Work, subscription: Json, params: Json) -> Change:
    """Return what the parameters about items, the billing cycle and the trial come to."""
    old = subscription["items"]["data"]
    new = items.after(work, subscription, params.get("items", []))
    cycle = _cycle(work, subscription, new, params)
    if not cycle and "items" not in params:
        return Change({})
    placed = [_in_period(work, item, cycle) for item in new]
    fields = {**cycle, "items": {**subscription["items"], "data": placed}}
    renewed = placed if cycle and cycle.get("status") != "trialing" else []
    prorations = _prorations(work, subscription, (old, new), params, whole=bool(cycle))
    at_once = params.get("proration_behavior") == "always_invoice" and bool(prorations)
    return Change(fields, prorations, renewed, invoiced=bool(renewed) or at_once)


def _cycle(work: Work, subscription: Json, new: list[Json], params: Json) -> Json:
    """Return the fields that change when the billing cycle begins anew; none when it goes on."""
    trialing = subscription["status"] == "trialing"
    end = params.get("trial_end")
    if end is not None and end != "now":
        started = subscription["trial_start"] if trialing else work.now
        trial_end = trials.check_end(work.now, end)
        return {
            "status": "trialing",
            "trial_start": started,
            "trial_end": trial_end,
            "billing_cycle_anchor": trial_end,
        }
    if end == "now" and trialing:
        return {"status": "active", "trial_end": work.now, "billing_cycle_anchor": work.now}
    wanted = params.get("billing_cycle_anchor") == "now"
    if not trialing and (wanted or _interval(new[0]) != _interval(subscription["items"]["data"][0])):
        return {"billing_cycle_anchor": work.now}
    return {}


def _interval(item: Json) -> tuple[str, int]:
    recurring = item["price"]["recurring"]
    return recurring["interval"], recurring["interval_count"]


def _in_period(work: Work, item: Json, cycle: Json) -> Json:
    if not cycle:
        return item
    if cycle.get("status") == "trialing":
        start, end = cycle["trial_start"], cycle["trial_end"]
    else:
        start, end = period_at(work.now, item["price"]["recurring"], work.now)
    return {**item, "current_period_start": start, "current_period_end": end}


def _prorations(
    work: Work, subscription: Json, items_: tuple[list[Json], list[Json]], params: Json, *, whole: bool
) -> list[Json]:
    """Return credits and charges; `whole` means that all old items end now and nothing of the new is prorated."""
    if params.get("proration_behavior") == "none" or subscription["status"] == "trialing":
        return []
    at = proration_date(work, subscription, params)
    old, new = items_
    if whole:
        return prorating.credits_for(work, subscription, old, at)
    before, now = ({item["id"]: _worth(item) for item in each} for each in (old, new))
    gone = [item for item in old if now.get(item["id"]) != before[item["id"]]]
    come = [item for item in new if before.get(item["id"]) != now[item["id"]]]
    credited = prorating.credits_for(work, subscription, gone, at)
    return [*credited, *prorating.charges_for(work, subscription, come, at)]


def _worth(item: Json) -> tuple[str, int]:
    return item["price"]["id"], item["quantity"]


def proration_date(work: Work, subscription: Json, params: Json) -> int:
    """Return the second from which is prorated: the one given, which lies in the present period, or now."""
    at = int(params.get("proration_date", work.now))
    start, end = timers.period_of(subscription)
    if not start <= at <= end:
        raise invalid("Cannot specify a proration date outside of the current period.", "proration_date")
    return at
