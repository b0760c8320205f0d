"""What stands in the audit about a reader, in words."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from paywall.admin.ground.days import Days

_WORDS = {
    "comp_given": "Comp given",
    "grant_put": "Granted by the newspaper's system",
    "grant_ended": "Grant ended by the newspaper's system",
    "note_written": "Note written",
    "refund_asked": "Refund asked for at Stripe",
    "second_given_back": "Second subscription cancelled and given back",
    "subscription_unknown": "Subscription unknown to Stripe, ended here",
    "renewal_extended": "Access kept open while Stripe could not be heard",
    "taken_out_of_the_books": "Taken out of the books: Stripe does not know it",
    "sign_in_ended": "Signed out in one browser",
    "staff_added": "Joined the staff",
    "staff_removed": "Left the staff",
}
_SAID_ELSEWHERE = {"before", "after", "comp", "note", "reader"}
_MOST_SHOWN = 4
_LONGEST = 80
_NOTHING = "nothing"


def deed_words(action: str) -> str:
    """Return what was done, in words; those of the code where nobody has found better ones."""
    return _WORDS.get(action, action.replace("_", " ").capitalize())


def detail_words(detail: Mapping[str, Any], days: Days) -> str:
    """Return the plain facts of a deed: `days 30, reason flood`; what changed as `active → canceled`."""
    told = {name: value for name, value in detail.items() if name not in _SAID_ELSEWHERE and value is not None}
    facts = [f"{_spaced(name)} {_plain(value, days)}" for name, value in told.items()]
    return ", ".join([*_changes(detail.get("before"), detail.get("after"), days), *facts][:_MOST_SHOWN])


def actor_words(actor: str, staff: Mapping[str, str]) -> str:
    """Return who did it: a colleague's address, the reader, or what the audit says; `staff` are addresses by names."""
    kind = actor.partition(":")[0]
    if kind == "staff":
        return staff.get(actor, "a former member of staff")
    return {"reader": "the reader", "sweep": "the sweep", "stripe": "Stripe"}.get(kind, actor)


def _changes(before: object, after: object, days: Days) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys([*before, *after]):
            yield f"{_spaced(name)} {_plain(before.get(name), days)} → {_plain(after.get(name), days)}"
    elif before is not None or after is not None:
        yield f"{_plain(before, days)} → {_plain(after, days)}" if before is not None else _plain(after, days)


def _plain(value: object, days: Days) -> str:
    if value is None:
        return _NOTHING
    if isinstance(value, list):
        return " and ".join(str(one) for one in value)[:_LONGEST]
    return _as_time(str(value), days) or str(value)[:_LONGEST]


def _as_time(text: str, days: Days) -> str:
    """Return a moment as people read it; empty for what is none."""
    try:
        at = datetime.fromisoformat(text)
        return days.minute(at) if at.tzinfo else ""
    except (ValueError, OverflowError):  # the last day there is ends on no day east of UTC
        return ""


def _spaced(name: str) -> str:
    return name.replace("_", " ")
