"""Asking Stripe what has happened."""

from collections.abc import Iterable, Iterator

from paywall.billing.stripe_calls.asking import PAGE, Asking, Json


class Telling(Asking):
    """What Stripe tells of the last 30 days."""

    def list_events(
        self,
        *,
        types: Iterable[str] = (),
        delivery_success: bool | None = None,
        ending_before: str | None = None,
        created_since: int | None = None,
    ) -> Iterator[Json]:
        """Yield events of the last 30 days, newest first; with `ending_before` those after it, oldest first."""
        params = {
            "limit": PAGE,
            "types": list(types) or None,
            "delivery_success": delivery_success,
            "ending_before": ending_before,
            "created": None if created_since is None else {"gte": created_since},
        }
        given: Json = {name: value for name, value in params.items() if value is not None}
        return self.ask_all(lambda v1: v1.events.list(given))
