"""What stands in the audit about a reader, in words."""

from collections.abc import Mapping
from typing import Any

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
_PLAIN = (str, int, float, bool)
_MOST_SHOWN = 4
_LONGEST = 60


def deed_words(action: str) -> str:
    """Return what was done, in words; those of the code where nobody has found better ones."""
    return _WORDS.get(action, action.replace("_", " ").capitalize())


def detail_words(detail: Mapping[str, Any]) -> str:
    """Return the plain facts of a deed: `days 30, reason: flood`."""
    facts = [f"{name.replace('_', ' ')} {str(value)[:_LONGEST]}" for name, value in detail.items() if _is_plain(value)]
    return ", ".join(facts[:_MOST_SHOWN])


def actor_words(actor: str, staff: Mapping[str, str]) -> str:
    """Return who did it: a colleague's address, the reader, or what the audit says; `staff` are addresses by names."""
    kind = actor.partition(":")[0]
    if kind == "staff":
        return staff.get(actor, "a former member of staff")
    return {"reader": "the reader", "sweep": "the sweep", "stripe": "Stripe"}.get(kind, actor)


def _is_plain(value: object) -> bool:
    return isinstance(value, _PLAIN)
