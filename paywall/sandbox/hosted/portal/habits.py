"""A habit of the account's portal: how it notes a cancellation at the period's end.

Subscriptions in Stripe's flexible billing mode get `cancel_at` and keep `cancel_at_period_end` false; those of before
get the flag. Both are about, so both can be chosen here.
"""

from typing import Literal, cast, get_args

from paywall.sandbox.state import settings
from paywall.sandbox.state.store import Store

CancelsBy = Literal["date", "flag"]


def cancels_by(store: Store) -> CancelsBy:
    """Return how the portal cancels, in a transaction."""
    return cast("CancelsBy", settings.chosen(store, "portal_cancels_by", "date"))


def set_cancels_by(store: Store, how: CancelsBy) -> None:
    """Choose `date` or `flag`, in a transaction; raises ValueError for another word."""
    settings.choose(store, "portal_cancels_by", how, get_args(CancelsBy))
