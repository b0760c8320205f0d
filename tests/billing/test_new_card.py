"""A payment fails and the reader pays on Stripe's page with another card: it is charged from then on."""

from datetime import timedelta

from werkzeug.test import Client

from paywall.billing.syncing.sync import sync_subscription
from tests.billing.shop import CARD, GOOD_CARD
from tests.billing.stripe_world import Json, World, make_price


def overdue(world: World) -> tuple[int, str]:
    """Make a reader whose second month could not be charged, and tell us."""
    reader_id, stripe_id = world.subscriber()
    sync_subscription(world.billing, stripe_id)
    current = world.current(reader_id)
    assert current
    world.use_card(current.customer_id, "pm_card_chargeCustomerFail")
    world.time.move(days=32)
    world.sandbox.tick()
    assert sync_subscription(world.billing, stripe_id).status == "past_due"
    return reader_id, stripe_id


def subscription(world: World, stripe_id: str) -> Json:
    return world.billing.gateway.retrieve_subscription(stripe_id)


def pay_with_another_card(world: World, stripe_id: str) -> None:
    page = subscription(world, stripe_id)["latest_invoice"]["hosted_invoice_url"]
    path = page.removeprefix("http://127.0.0.1/sandbox")
    Client(world.sandbox.wsgi).post(path, data={"card_number": GOOD_CARD, **CARD})


class TestWhoPaysWithAnotherCard:
    def test_is_charged_on_it_from_then_on(self, world: World) -> None:
        reader_id, stripe_id = overdue(world)
        pay_with_another_card(world, stripe_id)
        assert sync_subscription(world.billing, stripe_id).status == "active"
        world.time.at += timedelta(days=31)
        world.sandbox.tick()
        assert sync_subscription(world.billing, stripe_id).status == "active", "the third month was charged, too"
        assert world.may_read(reader_id)

    def test_need_not_do_anything_for_it_and_stripe_is_told_once(self, world: World) -> None:
        _, stripe_id = overdue(world)
        world.reads()
        for _ in range(3):
            sync_subscription(world.billing, stripe_id)
        assert not [call for call in world.reads() if call.startswith("POST")]

    def test_of_somebody_elses_subscription_is_not_ours_to_decide(self, world: World) -> None:
        customer = world.customer(None)
        stripe_id = world.subscribe(customer, make_price(world.billing.gateway, None))
        world.use_card(customer, "pm_card_chargeCustomerFail")
        world.time.move(days=32)
        world.sandbox.tick()
        world.reads()
        sync_subscription(world.billing, stripe_id)
        assert not [call for call in world.reads() if call.startswith("POST")]
