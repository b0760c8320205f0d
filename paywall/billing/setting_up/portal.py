"""Stripe's billing portal: cancelling with a reason, the card, the invoices. Switching is ours: it shows the cost."""

from typing import Any

from paywall.billing.setting_up.run import Run, holds
from paywall.billing.stripe_calls.asking import Json
from paywall.billing.stripe_calls.selling import PORTAL_MARK

REASONS = (
    "customer_service",
    "low_quality",
    "missing_features",
    "other",
    "switched_service",
    "too_complex",
    "too_expensive",
    "unused",
)
"""Stripe's words for why somebody leaves; the question may be left unanswered."""

_FEATURES: Json = {
    "customer_update": {"enabled": True, "allowed_updates": ["address", "name"]},
    "invoice_history": {"enabled": True},
    "payment_method_update": {"enabled": True},
    "subscription_cancel": {
        "enabled": True,
        "mode": "at_period_end",
        "cancellation_reason": {"enabled": True, "options": list(REASONS)},
    },
    "subscription_update": {"enabled": False},
}


def bring_portal(run: Run) -> None:
    """Bring our own portal configuration to what is wanted; those of others are left alone."""
    found = run.gateway.portal_configuration()
    params: Any = {"features": _FEATURES}
    if found is None:
        create: Any = {**params, "metadata": PORTAL_MARK}
        run.change("create billing portal", lambda v1: v1.billing_portal.configurations.create(create))
    elif not holds(found["features"], _FEATURES):
        run.change("change billing portal", lambda v1: v1.billing_portal.configurations.update(found["id"], params))
