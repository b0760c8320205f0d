"""Bringing a Stripe account to what we need: products, prices, billing portal, webhook endpoint. Safe to repeat.

What is there already is found by our own names (product ids, lookup keys, metadata, the endpoint's address) and changed
only where it differs; a second run changes nothing. A price never changes at Stripe: another amount makes another
price, which takes over the lookup key, while subscribers keep what they pay.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from paywall.billing.catalogue.plans import Plan, plans_with_archived
from paywall.billing.stripe_calls.asking import Json
from paywall.billing.stripe_calls.selling import PORTAL_MARK
from paywall.billing.stripe_errors import StripeNotFound
from paywall.billing.stripe_gateway import API_VERSION, StripeGateway
from paywall.database import Database
from paywall.publishers.rules import Profile

EVENT_TYPES = (
    "charge.refunded",
    "checkout.session.async_payment_failed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.completed",
    "customer.subscription.created",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "customer.subscription.resumed",
    "customer.subscription.trial_will_end",
    "customer.subscription.updated",
    "invoice.finalized",
    "invoice.marked_uncollectible",
    "invoice.paid",
    "invoice.payment_action_required",
    "invoice.payment_failed",
    "invoice.voided",
    "refund.created",
    "refund.failed",
    "refund.updated",
)
"""What Stripe is asked to tell us."""

_PORTAL_FEATURES: Json = {
    "customer_update": {"enabled": True, "allowed_updates": ["address", "name"]},
    "invoice_history": {"enabled": True},
    "payment_method_update": {"enabled": True},
    "subscription_cancel": {"enabled": True, "mode": "at_period_end"},
    "subscription_update": {"enabled": False},
}


@dataclass(frozen=True, slots=True)
class WantedPrice:
    """A price as it should be at Stripe."""

    lookup_key: str
    product: str
    amount_minor: int
    currency: str
    interval: str
    interval_count: int

    def is_met_by(self, found: Json) -> bool:
        """Tell whether a price at Stripe is this one."""
        recurring = found.get("recurring") or {}
        return (
            found["product"] == self.product
            and (found["unit_amount"], found["currency"]) == (self.amount_minor, self.currency)
            and (recurring.get("interval"), recurring.get("interval_count")) == (self.interval, self.interval_count)
        )


@dataclass(frozen=True, slots=True)
class WantedPlan:
    """A plan as it should be at Stripe; `retired` are lookup keys that should sell nothing any more."""

    product: str
    name: str
    description: str
    metadata: Mapping[str, str]
    prices: tuple[WantedPrice, ...]
    retired: tuple[str, ...]


@dataclass(slots=True)
class SetupReport:
    """What was changed (or would be, in a dry run), one line each; the secret is told only once, by Stripe too."""

    changes: list[str] = field(default_factory=list)
    webhook_secret: str | None = None


def set_up_stripe(
    database: Database, gateway: StripeGateway, publisher: Profile, webhook_url: str | None, *, dry_run: bool = False
) -> SetupReport:
    """Bring the account to what the publisher's plans say; without `webhook_url` endpoints are left alone.

    Raises the situations of `stripe_errors`; what was done until then stays, and the next run goes on from there.
    """
    setup = _Setup(gateway, dry_run=dry_run)
    for plan in wanted_plans(database, publisher):
        setup.product(plan)
        for price in plan.prices:
            setup.price(price)
        for lookup_key in plan.retired:
            setup.retire(lookup_key)
    setup.portal()
    if webhook_url is not None:
        setup.webhook(webhook_url)
    return setup.report


def wanted_plans(database: Database, publisher: Profile) -> list[WantedPlan]:
    """Return a publisher's plans, archived ones with nothing but retired prices."""
    with database.reading() as session:
        return [_wanted_plan(plan, publisher) for plan in plans_with_archived(session, publisher.id)]


def _wanted_plan(plan: Plan, publisher: Profile) -> WantedPlan:
    product = f"paywall_{publisher.slug}_{plan.slug}"
    live = [price for price in plan.prices if price.archived_at is None and plan.archived_at is None]
    prices = [
        WantedPrice(p.lookup_key, product, p.amount_minor, p.currency.lower(), p.interval, p.interval_count)
        for p in live
    ]
    return WantedPlan(
        product=product,
        name=f"{publisher.name}: {plan.name}",
        description=plan.description,
        metadata={"publisher": str(publisher.id), "plan": plan.slug},
        prices=tuple(prices),
        retired=tuple(price.lookup_key for price in plan.prices if price not in live),
    )


class _Setup:
    """One run: each method brings one thing to what is wanted, and notes it if that needed a change."""

    def __init__(self, gateway: StripeGateway, *, dry_run: bool) -> None:
        self.report = SetupReport()
        self._gateway = gateway
        self._dry_run = dry_run

    def product(self, plan: WantedPlan) -> None:
        fields = {"name": plan.name, "active": True, **({"description": plan.description} if plan.description else {})}
        try:
            found = self._gateway.ask(lambda v1: v1.products.retrieve(plan.product))
        except StripeNotFound:
            if plan.prices:
                params: Any = {"id": plan.product, "metadata": dict(plan.metadata), **fields}
                self._do(f"create product {plan.product}", lambda v1: v1.products.create(params))
            return
        if plan.prices and any(found.get(name) != value for name, value in fields.items()):
            changes: Any = fields
            self._do(f"change product {plan.product}", lambda v1: v1.products.update(plan.product, changes))

    def price(self, price: WantedPrice) -> None:
        found = self._gateway.find_prices([price.lookup_key]).get(price.lookup_key)
        if found is not None and price.is_met_by(found):
            return
        params: Any = {
            "product": price.product,
            "unit_amount": price.amount_minor,
            "currency": price.currency,
            "recurring": {"interval": price.interval, "interval_count": price.interval_count},
            "tax_behavior": "inclusive",
            "lookup_key": price.lookup_key,
            "transfer_lookup_key": True,
        }
        amount = f"{price.amount_minor} {price.currency}"
        self._do(f"create price {price.lookup_key} ({amount})", lambda v1: v1.prices.create(params))
        if found is not None:
            self._deactivate(found, price.lookup_key)

    def retire(self, lookup_key: str) -> None:
        found = self._gateway.find_prices([lookup_key]).get(lookup_key)
        if found is not None:
            self._deactivate(found, lookup_key)

    def portal(self) -> None:
        found = self._gateway.portal_configuration()
        params: Any = {"features": _PORTAL_FEATURES}
        if found is None:
            create: Any = {**params, "metadata": PORTAL_MARK}
            self._do("create billing portal", lambda v1: v1.billing_portal.configurations.create(create))
        elif not _holds(found["features"], _PORTAL_FEATURES):
            self._do("change billing portal", lambda v1: v1.billing_portal.configurations.update(found["id"], params))

    def webhook(self, url: str) -> None:
        endpoints = self._gateway.ask_all(lambda v1: v1.webhook_endpoints.list({"limit": 100}))
        found = next((endpoint for endpoint in endpoints if endpoint["url"] == url), None)
        if found is None:
            create: Any = {"url": url, "enabled_events": list(EVENT_TYPES), "api_version": API_VERSION}
            made = self._do(f"create webhook endpoint {url}", lambda v1: v1.webhook_endpoints.create(create))
            self.report.webhook_secret = made.get("secret") if made else None
        elif set(found["enabled_events"]) != set(EVENT_TYPES) or found["status"] != "enabled":
            change: Any = {"enabled_events": list(EVENT_TYPES), "disabled": False}
            self._do(f"change webhook endpoint {url}", lambda v1: v1.webhook_endpoints.update(found["id"], change))

    def _deactivate(self, price: Json, lookup_key: str) -> None:
        self._do(
            f"retire price {lookup_key} {price['id']}", lambda v1: v1.prices.update(price["id"], {"active": False})
        )

    def _do(self, what: str, call: Callable[[Any], Any]) -> Json | None:
        self.report.changes.append(what)
        return None if self._dry_run else self._gateway.ask(call)


def _holds(found: Json, wanted: Json) -> bool:
    """Tell whether `found` says all that `wanted` does; lists in any order."""
    return all(_same(found.get(name), value) for name, value in wanted.items())


def _same(found: object, wanted: object) -> bool:
    if isinstance(wanted, dict):
        return isinstance(found, dict) and _holds(found, wanted)
    if isinstance(wanted, list):
        return isinstance(found, list) and sorted(found) == sorted(wanted)
    return found == wanted
