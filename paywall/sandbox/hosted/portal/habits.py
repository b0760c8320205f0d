"""A habit of the account's portal: how it notes a cancellation at the period's end.

Subscriptions in Stripe's flexible billing mode get `cancel_at` and keep `cancel_at_period_end` false; those of before
get the flag. Both are about, so both can be chosen here.
"""

from typing import Literal, get_args

from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.store import Store

CancelsBy = Literal["date", "flag"]
_HABITS = "sandbox_portal_habits"


def cancels_by(store: Store) -> CancelsBy:
    """Return how the portal cancels, in a transaction."""
    chosen: CancelsBy = store.private(_HABITS).get("cancels_by", "date")
    return chosen


def set_cancels_by(store: Store, how: CancelsBy) -> None:
    """Choose `date` or `flag`, in a transaction; raises ValueError for another word."""
    if how not in get_args(CancelsBy):
        msg = f"the portal cancels by date or by flag, not by {how!r}"
        raise ValueError(msg)
    if store.get(_HABITS, _HABITS) is None:
        blank: Json = {"id": _HABITS, "object": _HABITS, "created": 0}
        store.insert(blank)
    store.set_private(_HABITS, {"cancels_by": how})
