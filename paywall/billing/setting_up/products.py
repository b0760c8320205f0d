"""Products and prices at Stripe.

A price never changes: another amount makes another price, which takes over the lookup key, while subscribers keep what
they pay. Every price says in its metadata which lookup key it was made for, so that an old one is still known for ours.
"""

from typing import Any

from paywall.billing.catalogue.wording import percent
from paywall.billing.setting_up.run import Run, holds
from paywall.billing.setting_up.tax_rates import bring_tax_rate
from paywall.billing.setting_up.wanted import WantedPlan, WantedPrice
from paywall.billing.stripe_calls.asking import Json
from paywall.billing.stripe_calls.selling import PRICE_MARK, TAX_MARK, TAX_RATE_MARK
from paywall.billing.stripe_errors import StripeNotFound


def bring_plan(run: Run, plan: WantedPlan) -> None:
    """Bring a plan's product and prices to what is wanted."""
    rate = bring_tax_rate(run, plan.tax_basis_points if plan.prices else 0)
    tax = {TAX_MARK: percent(plan.tax_basis_points) if plan.tax_basis_points else "", TAX_RATE_MARK: rate}
    _bring_product(run, plan)
    for price in plan.prices:
        _bring_price(run, price, {PRICE_MARK: price.lookup_key, **tax})
    for lookup_key in plan.retired:
        _retire(run, lookup_key, run.gateway.find_prices([lookup_key]).get(lookup_key))


def _bring_product(run: Run, plan: WantedPlan) -> None:
    """Bring the product to what is wanted; one that nothing is sold of is archived, and stays with who has it."""
    fields = {"name": plan.name, "active": True, **({"description": plan.description} if plan.description else {})}
    try:
        found = run.find(lambda v1: v1.products.retrieve(plan.product))
    except StripeNotFound:
        if plan.prices:
            params: Any = {"id": plan.product, "metadata": dict(plan.metadata), **fields}
            run.change(f"create product {plan.product}", lambda v1: v1.products.create(params))
        return
    changes: Any = fields if plan.prices else {"active": False}
    if not holds(found, changes):
        run.change(f"change product {plan.product}", lambda v1: v1.products.update(plan.product, changes))


def _bring_price(run: Run, price: WantedPrice, metadata: dict[str, str]) -> None:
    found = run.gateway.find_prices([price.lookup_key]).get(price.lookup_key)
    if found is not None and price.is_met_by(found):
        _bring_metadata(run, price, found, metadata)
        return
    params: Any = {
        "product": price.product,
        "unit_amount": price.amount_minor,
        "currency": price.currency,
        "recurring": {"interval": price.interval, "interval_count": price.interval_count},
        "tax_behavior": "inclusive",
        "lookup_key": price.lookup_key,
        "transfer_lookup_key": True,
        "metadata": {name: value for name, value in metadata.items() if value},
    }
    amount = f"{price.amount_minor} {price.currency}"
    run.change(f"create price {price.lookup_key} ({amount})", lambda v1: v1.prices.create(params))
    _retire(run, price.lookup_key, found)


def _bring_metadata(run: Run, price: WantedPrice, found: Json, metadata: dict[str, str]) -> None:
    told = found.get("metadata") or {}
    if any(told.get(name, "") != value for name, value in metadata.items()):
        change: Any = {"metadata": metadata}
        run.change(f"change price {price.lookup_key}", lambda v1: v1.prices.update(found["id"], change))


def _retire(run: Run, lookup_key: str, price: Json | None) -> None:
    if price is not None:
        change: Any = {"active": False, "metadata": {PRICE_MARK: lookup_key}}
        run.change(f"retire price {lookup_key} {price['id']}", lambda v1: v1.prices.update(price["id"], change))
