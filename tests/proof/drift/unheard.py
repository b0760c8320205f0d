"""What happens at Stripe without an event that tells of it, and how our books look once they know."""

from typing import Any

from tests.billing.stripe_world import LOOKUP_KEY, World
from tests.proof.drift.books import books
from tests.proof.storm.stories import Life

DEARER = 599


def row_of(world: World, life: Life) -> dict[str, Any]:
    """Return how the subscription is written here."""
    return books(world, life.subscription)["subscription"][0]


def refunded(world: World, life: Life) -> int:
    """Return how much of its invoices went back, as written here."""
    return sum(row["refunded_minor"] for row in books(world, life.subscription)["invoices"])


def raise_price(world: World, life: Life) -> None:
    """Edit the plan at the dashboard: a dearer price takes over the lookup key, and the subscription moves to it."""
    product = world.ask(lambda v1: v1.prices.retrieve(world.price_id))["product"]
    params: Any = {
        "currency": "azn",
        "unit_amount": DEARER,
        "product": product,
        "recurring": {"interval": "month"},
        "lookup_key": LOOKUP_KEY,
        "transfer_lookup_key": True,
    }
    price = world.ask(lambda v1: v1.prices.create(params))["id"]
    item = world.billing.gateway.retrieve_subscription(life.subscription)["items"]["data"][0]["id"]
    change = {"items": [{"id": item, "price": price}], "proration_behavior": "none"}
    world.billing.gateway.update_subscription(life.subscription, change, idempotency_key=f"dearer:{life.subscription}")


def delete_customer(world: World, life: Life) -> None:
    """Delete the customer at the dashboard."""
    world.ask(lambda v1: v1.customers.delete(life.customer))
