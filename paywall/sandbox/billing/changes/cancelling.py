"""When a subscription is to end: at its period's end, at a moment, or no longer; and why."""

from paywall.sandbox.state.errors import invalid, refused
from paywall.sandbox.state.shapes import Json

_NOT_CANCELLED: Json = {"comment": None, "feedback": None, "feedback_option": None, "reason": None}


def cancellation(subscription: Json, params: Json, now: int) -> Json:
    """Return the fields that the parameters about the end change."""
    details = {**subscription["cancellation_details"], **params.get("cancellation_details", {})}
    if params.get("cancel_at_period_end") and params.get("cancel_at"):
        raise invalid("You can only specify one of these parameters: cancel_at, cancel_at_period_end.", "cancel_at")
    if "cancel_at_period_end" in params and params["cancel_at_period_end"] != subscription["cancel_at_period_end"]:
        at_end = params["cancel_at_period_end"]
        return _ending(subscription, _period_ends(subscription)[-1] if at_end else None, details, now, at_end=at_end)
    if "cancel_at" in params:
        return _ending(subscription, _moment(subscription, params["cancel_at"], now), details, now)
    return {"cancellation_details": details} if "cancellation_details" in params else {}


def _ending(subscription: Json, at: int | None, details: Json, now: int, *, at_end: bool = False) -> Json:
    asked_at = subscription["canceled_at"] or now if at else None
    reason = {**details, "reason": "cancellation_requested"} if at else dict(_NOT_CANCELLED)
    return {"cancel_at": at, "cancel_at_period_end": at_end, "canceled_at": asked_at, "cancellation_details": reason}


def _moment(subscription: Json, wanted: int | str | None, now: int) -> int | None:
    ends = _period_ends(subscription)
    words: dict[int | str, int] = {"min_period_end": ends[0], "max_period_end": ends[-1]}
    at = None if wanted is None else words.get(wanted) or int(wanted)
    if at is not None and at <= now:
        raise refused("The subscription `cancel_at` must be a timestamp in the future.", "cancel_at")
    return at


def _period_ends(subscription: Json) -> list[int]:
    return sorted(item["current_period_end"] for item in subscription["items"]["data"])
