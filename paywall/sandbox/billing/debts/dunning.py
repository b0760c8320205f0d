"""Dunning: when a failed payment is tried again, and what becomes of the subscription after the last try."""

from typing import Literal, get_args

from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.store import Store

AfterRetries = Literal["cancel", "unpaid", "past_due"]
RETRY_AFTER_SECONDS = (3 * 86_400, 5 * 86_400, 7 * 86_400)
_SETTING = "sandbox_settings"


def next_attempt(attempts: int, now: int) -> int | None:
    """Return when the next try is due after so many that failed, None after the last."""
    waits = RETRY_AFTER_SECONDS[attempts - 1 : attempts]
    return now + waits[0] if waits else None


def after_retries(store: Store) -> AfterRetries:
    """Return what the account does with a subscription whose invoice could not be collected. In a transaction."""
    chosen: AfterRetries = store.private(_SETTING).get("after_retries", "cancel")
    return chosen


def set_after_retries(store: Store, what: AfterRetries) -> None:
    """Choose `cancel`, `unpaid` or `past_due` for the account; raises ValueError for another word. In a transaction."""
    if what not in get_args(AfterRetries):
        msg = f"after_retries is cancel, unpaid or past_due, not {what!r}"
        raise ValueError(msg)
    if store.get(_SETTING, _SETTING) is None:
        blank: Json = {"id": _SETTING, "object": _SETTING, "created": 0}
        store.insert(blank)
    store.set_private(_SETTING, {**store.private(_SETTING), "after_retries": what})
