"""When a subscription next does something by itself, and what; pure but for storing the moment."""

from typing import Literal

from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work

ENDED = {"canceled", "incomplete_expired"}
INCOMPLETE_SECONDS = 23 * 3600
TRIAL_NOTICE_SECONDS = 3 * 86_400
UPCOMING_SECONDS = 7 * 86_400

Turn = Literal[
    "give_up",
    "drop_update",
    "resume_collection",
    "next_phase",
    "cancel",
    "trial_will_end",
    "upcoming",
    "renew",
]


def wind(work: Work, subscription: Json) -> None:
    """Store when something next falls due on the subscription; what is overdue falls due now."""
    turn = next_turn(subscription, work.store.private(subscription["id"]))
    work.store.set_due(subscription["id"], max(turn[0], work.now) if turn else None)


def next_turn(subscription: Json, private: Json) -> tuple[int, Turn] | None:
    """Return the second and the name of what comes next; of several at one second that which must come first."""
    turns = _turns(subscription, private)
    return min(turns, key=lambda turn: turn[0]) if turns else None


def _turns(subscription: Json, private: Json) -> list[tuple[int, Turn]]:
    if subscription["status"] in ENDED:
        return []
    if subscription["status"] == "incomplete":
        return [(subscription["created"] + INCOMPLETE_SECONDS, "give_up")]
    found = [*_dated(subscription, private)]
    if subscription["status"] != "paused":
        found += _of_period(subscription, private)
    return found


def _dated(subscription: Json, private: Json) -> list[tuple[int, Turn]]:
    dates: list[tuple[int | None, Turn]] = [
        ((subscription["pending_update"] or {}).get("expires_at"), "drop_update"),
        ((subscription["pause_collection"] or {}).get("resumes_at"), "resume_collection"),
        (private.get("phase_ends_at") if subscription["schedule"] else None, "next_phase"),
        (subscription["cancel_at"], "cancel"),
    ]
    return [(second, turn) for second, turn in dates if second is not None]


def _of_period(subscription: Json, private: Json) -> list[tuple[int, Turn]]:
    start, end = period_of(subscription)
    found: list[tuple[int, Turn]] = []
    if subscription["status"] == "trialing" and private.get("told_trial_end") != end:
        found.append((end - TRIAL_NOTICE_SECONDS, "trial_will_end"))
    goes_on = subscription["cancel_at"] is None or subscription["cancel_at"] > end
    if goes_on and end - start > UPCOMING_SECONDS and private.get("told_upcoming") != end:
        found.append((end - UPCOMING_SECONDS, "upcoming"))
    return [*found, (end, "renew")]


def period_of(subscription: Json) -> tuple[int, int]:
    """Return the present period; of items with several, the one that ends first."""
    item = min(subscription["items"]["data"], key=lambda item: item["current_period_end"])
    return item["current_period_start"], item["current_period_end"]


def remember(work: Work, subscription: Json, **facts: object) -> None:
    """Note what only the sandbox knows of a subscription."""
    known = work.store.private(subscription["id"])
    work.store.set_private(subscription["id"], {**known, **facts})
