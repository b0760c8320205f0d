"""A customer at Stripe is deleted there, or changes: what we hold follows."""

from typing import Any

from paywall.billing.checkout.tables import Customer, customer_of
from paywall.billing.syncing.sync import sync_subscription
from paywall.billing.webhooks.drain import drain_once
from tests.billing.stripe_world import World


def hear(world: World) -> None:
    world.keep_all()
    drain_once(world.billing)


def at_stripe(world: World, reader_id: int) -> str:
    with world.database.reading() as session:
        customer = customer_of(session, reader_id)
    assert customer
    return customer


class TestACustomerDeletedAtStripe:
    def test_ends_the_subscription_with_what_is_paid(self, world: World) -> None:
        reader_id, stripe_id = world.subscriber()
        sync_subscription(world.billing, stripe_id)
        customer = at_stripe(world, reader_id)
        world.ask(lambda v1: v1.customers.delete(customer))
        hear(world)
        current = world.current(reader_id)
        assert current
        assert current.status == "canceled"
        assert world.may_read(reader_id), "the month is paid for"

    def test_is_not_asked_for_again(self, world: World) -> None:
        reader_id, stripe_id = world.subscriber()
        sync_subscription(world.billing, stripe_id)
        customer = at_stripe(world, reader_id)
        world.ask(lambda v1: v1.customers.delete(customer))
        hear(world)
        with world.database.reading() as session:
            assert customer_of(session, reader_id) is None
        assert [row.deleted_at is None for row in world.rows(Customer)] == [False]

    def test_leaves_no_event_open(self, world: World) -> None:
        reader_id, stripe_id = world.subscriber()
        sync_subscription(world.billing, stripe_id)
        customer = at_stripe(world, reader_id)
        world.ask(lambda v1: v1.customers.delete(customer))
        hear(world)
        assert {row.state for row in world.inbox()} <= {"handled", "ignored"}

    def test_that_the_event_claims_but_stripe_denies_stays(self, world: World) -> None:
        reader_id, stripe_id = world.subscriber()
        sync_subscription(world.billing, stripe_id)
        customer = at_stripe(world, reader_id)
        found = {"id": customer, "object": "customer"}
        event = {
            "id": "evt_lie",
            "object": "event",
            "type": "customer.deleted",
            "livemode": False,
            "data": {"object": found},
        }
        world.keep(event)
        drain_once(world.billing)
        with world.database.reading() as session:
            assert customer_of(session, reader_id) == customer


class TestAnotherCard:
    def test_is_known_after_the_customer_changed(self, world: World) -> None:
        reader_id, stripe_id = world.subscriber()
        sync_subscription(world.billing, stripe_id)
        before = world.current(reader_id)
        method = world.ask(
            lambda v1: v1.payment_methods.attach("pm_card_mastercard", {"customer": at_stripe(world, reader_id)})
        )
        usual: Any = {"invoice_settings": {"default_payment_method": method["id"]}}
        world.ask(lambda v1: v1.customers.update(at_stripe(world, reader_id), usual))
        hear(world)
        after = world.current(reader_id)
        assert before
        assert after
        assert (before.card_brand, before.card_last4) == ("visa", "4242")
        assert (after.card_brand, after.card_last4) == ("mastercard", "4444")
