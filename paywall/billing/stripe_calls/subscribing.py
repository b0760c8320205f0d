"""Asking Stripe about subscriptions, and about the schedules of their coming changes."""

from collections.abc import Sequence
from typing import Any

from paywall.billing.stripe_calls.asking import PAGE, Asking, Json

_PARTS = ("latest_invoice", "default_payment_method")


class Subscribing(Asking):
    """What is needed while a reader subscribes."""

    def retrieve_subscription(self, subscription_id: str, expand: Sequence[str] = _PARTS) -> Json:
        """Return a subscription with its parts as objects; raises StripeNotFound."""
        return self.ask(lambda v1: v1.subscriptions.retrieve(subscription_id, {"expand": list(expand)}))

    def list_subscriptions(self, customer: str) -> list[Json]:
        """Return a customer's subscriptions, ended ones too."""
        params = {"customer": customer, "status": "all", "limit": PAGE}
        return list(self.ask_all(lambda v1: v1.subscriptions.list(params)))

    def update_subscription(self, subscription_id: str, params: Json, *, idempotency_key: str) -> Json:
        """Change a subscription; `params` as Stripe names them."""
        return self.ask(
            lambda v1: v1.subscriptions.update(subscription_id, params, {"idempotency_key": idempotency_key})
        )

    def cancel_subscription(self, subscription_id: str, params: Json | None = None) -> Json:
        """End a subscription at once; raises StripeNotFound if it has ended already."""
        given: Any = params or {}
        return self.ask(lambda v1: v1.subscriptions.cancel(subscription_id, given))

    def resume_subscription(self, subscription_id: str, *, idempotency_key: str) -> Json:
        """Let a subscription of the status `paused` go on with a new period; raises CardRefused."""
        params = {"billing_cycle_anchor": "now", "proration_behavior": "none"}
        return self.ask(
            lambda v1: v1.subscriptions.resume(subscription_id, params, {"idempotency_key": idempotency_key})
        )

    def create_schedule(self, subscription_id: str, *, idempotency_key: str) -> Json:
        """Put a subscription under a schedule that so far only says what is so now."""
        params = {"from_subscription": subscription_id}
        return self.ask(lambda v1: v1.subscription_schedules.create(params, {"idempotency_key": idempotency_key}))

    def update_schedule(self, schedule_id: str, params: Json, *, idempotency_key: str) -> Json:
        """Say what is to come of a subscription, phase by phase."""
        return self.ask(
            lambda v1: v1.subscription_schedules.update(schedule_id, params, {"idempotency_key": idempotency_key})
        )

    def release_schedule(self, schedule_id: str) -> Json:
        """Leave a subscription as it is now, without a schedule; raises StripeRefused if that has happened already."""
        return self.ask(lambda v1: v1.subscription_schedules.release(schedule_id))
