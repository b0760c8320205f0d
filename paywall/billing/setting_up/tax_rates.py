"""Tax rates at Stripe: one for each percentage, included in the price."""

from typing import Any

from paywall.billing.catalogue.wording import percent
from paywall.billing.setting_up.run import Run
from paywall.billing.stripe_calls.selling import TAX_MARK

_NAME = "VAT"
"""What Stripe's receipts call it."""


def bring_tax_rate(run: Run, basis_points: int) -> str:
    """Return the id of the rate of so many basis points, made where it is missing; empty for no tax or in a dry run."""
    if not basis_points:
        return ""
    rate = percent(basis_points)
    listed = run.find_all(lambda v1: v1.tax_rates.list({"active": True, "inclusive": True, "limit": 100}))
    found = next((one for one in listed if (one.get("metadata") or {}).get(TAX_MARK) == rate), None)
    if found is not None:
        return str(found["id"])
    params: Any = {"display_name": _NAME, "percentage": float(rate), "inclusive": True, "metadata": {TAX_MARK: rate}}
    made = run.change(f"create tax rate {rate} %", lambda v1: v1.tax_rates.create(params))
    return str(made["id"]) if made else ""
