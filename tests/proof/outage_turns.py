"""What happens to readers at Stripe while our endpoint is away."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.proof.stage import Stage


@dataclass(frozen=True)
class Life:
    """A reader, and what is theirs at Stripe."""

    reader_id: int
    customer: str
    subscription: str


def subscribe(stage: Stage) -> Life:
    """Let a new reader choose and pay."""
    reader_id = stage.shop.reader()
    stage.shop.pay(stage.shop.click(reader_id))
    found = stage.shop.subscriptions()[0]
    return Life(reader_id, found["customer"], found["id"])


def cancel(stage: Stage, life: Life) -> None:
    change = {"cancel_at_period_end": True}
    stage.shop.gateway.update_subscription(life.subscription, change, idempotency_key=f"end:{life.subscription}")


def end_at_once(stage: Stage, life: Life) -> None:
    stage.shop.gateway.cancel_subscription(life.subscription)


def be_refunded(stage: Stage, life: Life) -> None:
    """Get back what the first invoice brought."""
    charge = next(one for one in stage.at_stripe("charge") if one["customer"] == life.customer)
    stage.shop.gateway.create_refund({"charge": charge["id"]}, idempotency_key=f"refund:{life.subscription}")


def fail_to_pay(stage: Stage, life: Life) -> None:
    """Have a card from now on that every charge fails on."""
    gateway: Any = stage.shop.gateway
    card = gateway.ask(lambda v1: v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": life.customer}))
    change = {"default_payment_method": card["id"]}
    gateway.update_subscription(life.subscription, change, idempotency_key=f"card:{life.subscription}")


TURNS: tuple[Callable[[Stage, Life], None], ...] = (end_at_once, cancel, be_refunded, fail_to_pay)
"""The first happens in the very moment in which the endpoint goes, the others soon after; one reader only renews."""
