"""The webhook endpoint at Stripe: where events go, and which."""

from typing import Any

from paywall.billing.setting_up.run import Run
from paywall.billing.stripe_gateway import API_VERSION
from paywall.billing.webhooks.incoming import CHECKOUT_TYPES, CUSTOMER_TYPES, MONEY_BACK_TYPES

EVENT_TYPES = sorted(
    MONEY_BACK_TYPES
    | CHECKOUT_TYPES
    | CUSTOMER_TYPES
    | {
        "customer.subscription.created",
        "customer.subscription.deleted",
        "customer.subscription.paused",
        "customer.subscription.pending_update_applied",
        "customer.subscription.pending_update_expired",
        "customer.subscription.resumed",
        "customer.subscription.trial_will_end",
        "customer.subscription.updated",
        "invoice.finalized",
        "invoice.marked_uncollectible",
        "invoice.paid",
        "invoice.payment_action_required",
        "invoice.payment_failed",
        "invoice.voided",
    }
)
"""What Stripe is asked to tell us. `invoice.updated` is not among them: each change of an invoice that matters here
(finalised, paid, failed, voided, given up) has an event of its own, and every one of those would come twice."""


def bring_endpoint(run: Run, url: str) -> None:
    """Bring the endpoint at this address to what is wanted, and note its secret if it is new."""
    endpoints = run.find_all(lambda v1: v1.webhook_endpoints.list({"limit": 100}))
    found = next((endpoint for endpoint in endpoints if endpoint["url"] == url), None)
    if found is None:
        create: Any = {"url": url, "enabled_events": EVENT_TYPES, "api_version": API_VERSION}
        made = run.change(f"create webhook endpoint {url}", lambda v1: v1.webhook_endpoints.create(create))
        run.report.webhook_secret = made.get("secret") if made else None
    elif set(found["enabled_events"]) != set(EVENT_TYPES) or found["status"] != "enabled":
        change: Any = {"enabled_events": EVENT_TYPES, "disabled": False}
        run.change(f"change webhook endpoint {url}", lambda v1: v1.webhook_endpoints.update(found["id"], change))
