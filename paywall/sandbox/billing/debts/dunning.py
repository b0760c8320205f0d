"""Dunning: when a failed payment is tried again, and what becomes of the subscription after the last try."""

from typing import Literal, cast, get_args

from paywall.sandbox.state import settings
from paywall.sandbox.state.store import Store

AfterRetries = Literal["cancel", "unpaid", "past_due"]
RETRY_AFTER_SECONDS = (3 * 86_400, 5 * 86_400, 7 * 86_400)


def next_attempt(attempts: int, now: int) -> int | None:
    """Return when the next try is due after so many that failed, None after the last."""
    waits = RETRY_AFTER_SECONDS[attempts - 1 : attempts]
    return now + waits[0] if waits else None


def after_retries(store: Store) -> AfterRetries:
    """Return what the account does with a subscription whose invoice could not be collected. In a transaction."""
    return cast("AfterRetries", settings.chosen(store, "after_retries", "cancel"))


def set_after_retries(store: Store, what: AfterRetries) -> None:
    """Choose `cancel`, `unpaid` or `past_due` for the account; raises ValueError for another word. In a transaction."""
    settings.choose(store, "after_retries", what, get_args(AfterRetries))
