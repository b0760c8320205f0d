"""Asking Stripe what has happened."""

from collections.abc import Iterator

from paywall.billing.stripe_calls.asking import PAGE, Asking, Json


class Telling(Asking):
    """What Stripe tells of the last 30 days."""

    def list_events(self, created_since: int | None = None) -> Iterator[Json]:
        """Yield events of the last 30 days, newest first, or only those since a time in Unix seconds."""
        since: Json = {} if created_since is None else {"created": {"gte": created_since}}
        return self.ask_all(lambda v1: v1.events.list({"limit": PAGE, **since}))
