"""Asking Stripe for everything of a kind, for comparisons."""

from collections.abc import Iterator, Sequence

from paywall.billing.stripe_calls.asking import PAGE, Asking, Json


class Listing(Asking):
    """Lists whole collections of the account, newest first."""

    def iterate(self, kind: str, *, expand: Sequence[str] = (), starting_after: str | None = None) -> Iterator[Json]:
        """Yield every object of a kind (`subscriptions`, `invoices`, …), or those older than `starting_after`."""
        params: Json = {"limit": PAGE, "expand": [f"data.{one}" for one in expand]}
        if kind == "subscriptions":
            params["status"] = "all"
        if starting_after is not None:
            params["starting_after"] = starting_after
        return self.ask_all(lambda v1: getattr(v1, kind).list(params))
