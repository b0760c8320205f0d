"""How a reader stands, in words with a dot: what the list, the CSV and a person on the phone say."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from paywall.admin.subscribers.finding.lines import Line
from paywall.billing.subscriptions.status import Status
from paywall.entitlements.rules import Standing


class Tone(StrEnum):
    """The colour of the dot; the word beside it says the same."""

    GOOD = "good"
    WATCH = "warn"
    BAD = "bad"
    QUIET = "off"


@dataclass(frozen=True, slots=True)
class State:
    """A few words and the dot before them."""

    words: str
    tone: Tone


_OPEN = {
    Standing.SUBSCRIBED: State("Subscribed", Tone.GOOD),
    Standing.TRIALING: State("On trial", Tone.GOOD),
    Standing.IN_GRACE: State("In grace, payment failed", Tone.WATCH),
    Standing.PAID_THROUGH: State("Paid through, not renewing", Tone.WATCH),
    Standing.COMP: State("Reads free of charge", Tone.GOOD),
}
_SHUT = {
    Status.PAST_DUE: State("Payment failed, locked out", Tone.BAD),
    Status.UNPAID: State("Unpaid, locked out", Tone.BAD),
    Status.INCOMPLETE: State("First payment not made", Tone.WATCH),
    Status.INCOMPLETE_EXPIRED: State("Never paid", Tone.QUIET),
    Status.PAUSED: State("Trial ended without a card", Tone.QUIET),
    Status.CANCELED: State("Subscription ended", Tone.QUIET),
}
_SUSPENDED = State("Suspended, payment disputed", Tone.BAD)
_WITHOUT = State("No subscription", Tone.QUIET)
_LATE = State("Renewal is late", Tone.WATCH)
_UNKNOWN = State("Not known to us", Tone.BAD)


def state_of(line: Line, now: datetime) -> State:
    """Return how a reader stands at `now`: what lets them in, else what keeps them out."""
    right = line.right(now)
    if right is not None:
        return _OPEN[right.standing]
    if any(one.suspended and now < one.valid_until for one in line.rights):
        return _SUSPENDED
    if line.current is None:
        return State("Free access ended", Tone.QUIET) if line.rights else _WITHOUT
    if line.current.status in (Status.ACTIVE, Status.TRIALING):
        return _LATE
    return next((state for status, state in _SHUT.items() if status == line.current.status), _UNKNOWN)
