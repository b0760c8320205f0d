"""Stripe's test clocks: customers that live by a time of their own, moved by hand.

An advance is begun by the call and done by the ticker before anything else is answered, each thing at its own second.
"""

from paywall.sandbox.billing.periods import boundary
from paywall.sandbox.payments import customers
from paywall.sandbox.state.errors import refused
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import CLOCK, Work
from paywall.sandbox.wire.params import Declared, integer, required, text
from paywall.sandbox.wire.routes import Operation, listing, retrieving

KEPT_SECONDS = 30 * 86_400
_MOST_CLOCKS = 100
_MOST_INTERVALS = 2
_LONGEST_IDLE = {"interval": "year", "interval_count": 1}
_ENDED = {"canceled", "incomplete_expired"}
_EVENT = CLOCK


def create(work: Work, params: Json) -> Json:
    """Make a clock that stands at `frozen_time`, in the past or to come."""
    if len(work.store.select(CLOCK)) >= _MOST_CLOCKS:
        raise refused(f"You have reached the maximum of {_MOST_CLOCKS} test clocks.")
    deletes_after = work.now + KEPT_SECONDS
    return work.add(CLOCK, event=f"{_EVENT}.created", due_at=deletes_after, deletes_after=deletes_after, **params)


def advance(work: Work, params: Json) -> Json:
    """Begin to move a clock forward; it is `advancing` until everything on the way has been done."""
    clock, target = work.get(CLOCK, params["id"]), params["frozen_time"]
    if clock["status"] != "ready":
        raise refused("The test clock is not ready: it is still advancing.")
    if target <= clock["frozen_time"]:
        raise refused("The new frozen time must be after the test clock's present frozen time.", "frozen_time")
    if target > _furthest(work, clock):
        raise refused(
            "A test clock advances by at most two intervals of its shortest subscription, or by two years without one.",
            "frozen_time",
        )
    work.store.set_due(clock["id"], work.now)
    details = {"advancing": {"target_frozen_time": target}}
    return work.change(clock, event=f"{_EVENT}.advancing", status="advancing", status_details=details)


def _furthest(work: Work, clock: Json) -> int:
    """Return how far a clock may be moved at once (docs.stripe.com/api/test_clocks/advance)."""
    intervals = [
        item["price"]["recurring"]
        for subscription in work.store.select("subscription", "clock = ?", [clock["id"]])
        if subscription["status"] not in _ENDED
        for item in subscription["items"]["data"]
    ]
    return min(boundary(clock["frozen_time"], each, _MOST_INTERVALS) for each in intervals or [_LONGEST_IDLE])


def arrive(work: Work, clock: Json) -> None:
    """Let a clock stand at its target: everything on the way there has been done."""
    target = clock["status_details"]["advancing"]["target_frozen_time"]
    work.store.set_due(clock["id"], clock["deletes_after"])
    work.change(clock, event=f"{_EVENT}.ready", status="ready", status_details={}, frozen_time=target)


def delete(work: Work, params: Json) -> Json:
    """Delete a clock, with the customers that live by it and their subscriptions."""
    clock = work.get(CLOCK, params["id"])
    for customer in work.store.select("customer", "clock = ?", [clock["id"]]):
        customers.delete(work, {"id": customer["id"]})
    work.emit(f"{_EVENT}.deleted", clock)
    work.store.delete(clock)
    return {"id": clock["id"], "object": CLOCK, "deleted": True}


_PLACE = "/v1/test_helpers/test_clocks/<id>"
_CREATE: Declared = {"frozen_time": required(integer(0)), "name": text(300)}

OPERATIONS = (
    Operation("POST", "/v1/test_helpers/test_clocks", create, _CREATE),
    retrieving(_PLACE, CLOCK),
    listing("/v1/test_helpers/test_clocks", CLOCK),
    Operation("POST", f"{_PLACE}/advance", advance, {"frozen_time": required(integer(0))}),
    Operation("DELETE", _PLACE, delete),
)
