"""What happens to subscriptions at Stripe during a storm, and what each reader must be able to do afterwards.

The expectations are written by hand, from Stripe's own dates: nothing here knows a rule of the product.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.billing.stripe_world import World

SLACK = timedelta(hours=24)
GRACE = timedelta(days=14)


@dataclass(frozen=True)
class Fate:
    """What must be true of a reader once all events are in: reads until `until`, or not at all."""

    story: str
    reader_id: int
    until: datetime | None


@dataclass
class Life:
    """A reader whose subscription is about to have its story."""

    reader_id: int
    customer: str
    subscription: str
    first_end: datetime


def begin(world: World, card: str = "pm_card_visa") -> Life:
    """Subscribe a new reader."""
    reader_id = world.reader()
    customer = world.customer(reader_id, card)
    subscription = world.subscribe(customer)
    return Life(reader_id, customer, subscription, period_end(world, subscription))


def period_end(world: World, subscription: str) -> datetime:
    """Return the end of the period that Stripe is in."""
    found = world.billing.gateway.retrieve_subscription(subscription)
    return datetime.fromtimestamp(found["items"]["data"][0]["current_period_end"], UTC)


def stay(world: World, life: Life) -> datetime | None:
    return period_end(world, life.subscription) + SLACK


def cancel_later(world: World, life: Life) -> datetime | None:
    change = {"cancel_at_period_end": True}
    world.billing.gateway.update_subscription(life.subscription, change, idempotency_key=f"later:{life.subscription}")
    return period_end(world, life.subscription)


def cancel_and_resume(world: World, life: Life) -> datetime | None:
    cancel_later(world, life)
    change = {"cancel_at_period_end": False}
    world.billing.gateway.update_subscription(life.subscription, change, idempotency_key=f"back:{life.subscription}")
    return period_end(world, life.subscription) + SLACK


def cancel_now(world: World, life: Life) -> datetime | None:
    world.billing.gateway.cancel_subscription(life.subscription)
    return life.first_end if life.first_end > world.time.now() else period_end(world, life.subscription)


def refund(world: World, life: Life) -> datetime | None:
    _refund(world, life, {})
    return None


def refund_and_cancel(world: World, life: Life) -> datetime | None:
    _refund(world, life, {})
    world.billing.gateway.cancel_subscription(life.subscription)
    return None


def refund_in_part(world: World, life: Life) -> datetime | None:
    _refund(world, life, {"amount": 100})
    return period_end(world, life.subscription) + SLACK


def subscribe_twice(world: World, life: Life) -> datetime | None:
    world.subscribe(life.customer)
    return period_end(world, life.subscription) + SLACK


def _refund(world: World, life: Life, more: dict[str, Any]) -> None:
    """Give back what the latest invoice brought."""
    invoice = world.billing.gateway.retrieve_subscription(life.subscription)["latest_invoice"]["id"]
    payment = world.billing.gateway.list_invoice_payments(invoice)[0]["payment"]["payment_intent"]
    params = {"payment_intent": payment, **more}
    world.billing.gateway.create_refund(params, idempotency_key=f"refund:{life.subscription}")


STORIES: dict[str, Callable[[World, Life], datetime | None]] = {
    one.__name__: one
    for one in (
        stay,
        cancel_later,
        cancel_and_resume,
        cancel_now,
        refund,
        refund_and_cancel,
        refund_in_part,
        subscribe_twice,
    )
}


def first_chapters(world: World, readers: int) -> tuple[list[Life], list[Life], list[Fate]]:
    """Let readers subscribe, a month pass, and renewals succeed or fail.

    Returns those who renewed, those who begin today, and the fates that are sealed already.
    """
    old = [begin(world) for _ in range(readers // 2)]
    poor = [begin(world) for _ in range(max(1, readers // 10))]
    for life in poor:
        world.use_card(life.customer, "pm_card_chargeCustomerFail")
    world.time.at = max(life.first_end for life in old + poor) + timedelta(hours=3)
    world.sandbox.tick()
    fates = [Fate("renewal failed", life.reader_id, life.first_end + GRACE) for life in poor]
    declined = begin(world, "pm_card_chargeCustomerFail")
    fates.append(Fate("never paid", declined.reader_id, None))
    return old, [begin(world) for _ in range(readers - len(old) - len(poor) - 1)], fates
