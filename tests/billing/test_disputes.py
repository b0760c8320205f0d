"""A payment that the bank is asked to take back: access waits, renewals stop, and all follows the outcome."""

from datetime import timedelta
from typing import Any

import pytest

from paywall.billing.changing.pausing import NotPaused, go_on
from paywall.billing.ledger.tables import Dispute
from paywall.billing.syncing.sync import sync_subscription
from paywall.billing.trials import taking
from paywall.billing.webhooks.drain import drain_once
from paywall.readers.accounts import erase
from paywall.readers.tables import Reader
from tests.billing.stripe_world import Json, World, make_price


def latest_charge(world: World, customer: str) -> str:
    return str(world.billing.gateway.list_charges(customer)[0]["id"])


def customer_of(world: World, stripe_id: str) -> str:
    return str(world.billing.gateway.retrieve_subscription(stripe_id)["customer"])


def dispute(world: World, stripe_id: str) -> str:
    """Have the bank dispute the latest payment, and tell us; returns the dispute's id."""
    opened = world.sandbox.open_dispute(latest_charge(world, customer_of(world, stripe_id)))
    hear(world)
    return str(opened["id"])


def end(world: World, dispute_id: str, word: str) -> None:
    params: Any = {"evidence": {"uncategorized_text": word}, "submit": True}
    world.ask(lambda v1: v1.disputes.update(dispute_id, params))
    hear(world)


def hear(world: World) -> None:
    for _ in range(3):  # what we do at Stripe causes events as well
        world.keep_all()
        drain_once(world.billing)


def subscription(world: World, stripe_id: str) -> Json:
    return world.billing.gateway.retrieve_subscription(stripe_id)


class TestAnOpenDispute:
    def test_suspends_access_at_once_and_keeps_the_end_that_was_paid_for(self, world: World) -> None:
        reader_id, stripe_id = world.subscriber()
        sync_subscription(world.billing, stripe_id)
        before = world.entitlement(reader_id)
        dispute(world, stripe_id)
        after = world.entitlement(reader_id)
        assert before
        assert after
        assert after.suspended
        assert after.valid_until == before.paid_through_at, "nothing renews, so there is no slack"
        assert not world.may_read(reader_id)

    def test_stops_renewals_at_stripe_in_our_name(self, world: World) -> None:
        _, stripe_id = world.subscriber()
        sync_subscription(world.billing, stripe_id)
        dispute(world, stripe_id)
        found = subscription(world, stripe_id)
        assert found["pause_collection"]["behavior"] == "void"
        assert found["metadata"]["paywall_pause"] == "dispute"

    def test_is_in_the_books_and_once_in_the_audit(self, world: World) -> None:
        reader_id, stripe_id = world.subscriber()
        sync_subscription(world.billing, stripe_id)
        dispute(world, stripe_id)
        hear(world)
        assert [(row.status, row.amount_minor, row.currency, row.reader_id) for row in world.rows(Dispute)] == [
            ("needs_response", 499, "AZN", reader_id)
        ]
        assert world.deeds().count("dispute_needs_response") == 1

    def test_leaves_a_pause_alone_that_was_made_for_something_else(self, world: World) -> None:
        _, stripe_id = world.subscriber()
        change = {"pause_collection": {"behavior": "void"}, "metadata": {"paywall_pause": "reader"}}
        world.billing.gateway.update_subscription(stripe_id, change, idempotency_key="pause")
        sync_subscription(world.billing, stripe_id)
        end(world, dispute(world, stripe_id), "winning_evidence")
        assert subscription(world, stripe_id)["metadata"]["paywall_pause"] == "reader"
        assert subscription(world, stripe_id)["pause_collection"]

    def test_keeps_a_reader_from_paying_for_time_that_would_stay_shut(self, world: World) -> None:
        reader_id, stripe_id = world.subscriber()
        change = {"pause_collection": {"behavior": "void"}, "metadata": {"paywall_pause": "reader"}}
        world.billing.gateway.update_subscription(stripe_id, change, idempotency_key="pause")
        sync_subscription(world.billing, stripe_id)
        dispute(world, stripe_id)
        with pytest.raises(NotPaused):
            go_on(world.billing, reader_id, world.time.now())

    def test_of_somebody_elses_subscription_is_none_of_our_business(self, world: World) -> None:
        stripe_id = world.subscribe(world.customer(None), make_price(world.billing.gateway, None))
        world.empty_inbox()
        world.sandbox.open_dispute(latest_charge(world, customer_of(world, stripe_id)))
        hear(world)
        assert subscription(world, stripe_id)["pause_collection"] is None
        assert world.rows(Dispute) == []


class TestADisputeThatIsWon:
    def test_gives_everything_back(self, world: World) -> None:
        reader_id, stripe_id = world.subscriber()
        synced = sync_subscription(world.billing, stripe_id)
        end(world, dispute(world, stripe_id), "winning_evidence")
        held = world.entitlement(reader_id)
        assert held
        assert not held.suspended
        assert synced.access
        assert held.valid_until == synced.access.valid_until
        assert subscription(world, stripe_id)["pause_collection"] is None
        assert "paywall_pause" not in subscription(world, stripe_id)["metadata"]


class TestADisputeThatIsLost:
    def test_ends_the_subscription_and_what_its_payment_opened(self, world: World) -> None:
        reader_id, stripe_id = world.subscriber()
        sync_subscription(world.billing, stripe_id)
        end(world, dispute(world, stripe_id), "losing_evidence")
        assert subscription(world, stripe_id)["status"] == "canceled"
        assert not world.may_read(reader_id)

    def test_leaves_what_an_earlier_payment_opened(self, world: World) -> None:
        reader_id, stripe_id = world.subscriber()
        sync_subscription(world.billing, stripe_id)
        first_end = world.entitlement(reader_id)
        assert first_end
        assert first_end.paid_through_at
        world.time.at = first_end.paid_through_at - timedelta(days=1)
        charge = latest_charge(world, customer_of(world, stripe_id))
        world.time.at = first_end.paid_through_at + timedelta(hours=2)
        world.sandbox.tick()
        hear(world)
        opened = world.sandbox.open_dispute(charge)
        hear(world)
        end(world, str(opened["id"]), "losing_evidence")
        held = world.entitlement(reader_id)
        assert held
        assert held.paid_through_at
        assert held.paid_through_at > first_end.paid_through_at, "the second month is paid for"

    def test_counts_against_a_trial(self, world: World) -> None:
        reader_id, stripe_id = world.subscriber()
        sync_subscription(world.billing, stripe_id)
        end(world, dispute(world, stripe_id), "losing_evidence")
        assert not may_have_trial(world, reader_id, email_of(world, reader_id))
        assert may_have_trial(world, world.reader(), "somebody.else@example.org")

    def test_counts_against_a_trial_of_another_account_with_the_same_address(self, world: World) -> None:
        reader_id, stripe_id = world.subscriber()
        email = email_of(world, reader_id)
        sync_subscription(world.billing, stripe_id)
        end(world, dispute(world, stripe_id), "losing_evidence")
        with world.database.writing() as session:
            erase(session, session.get_one(Reader, reader_id))
        assert not may_have_trial(world, world.reader(), email)

    def test_keeps_no_address(self, world: World) -> None:
        reader_id, stripe_id = world.subscriber()
        sync_subscription(world.billing, stripe_id)
        dispute(world, stripe_id)
        (row,) = world.rows(Dispute)
        assert row.address_key
        assert email_of(world, reader_id) not in row.address_key


def email_of(world: World, reader_id: int) -> str:
    with world.database.reading() as session:
        return session.get_one(Reader, reader_id).email_normalized


def may_have_trial(world: World, reader_id: int, email: str) -> bool:
    key = taking.address_key(world.billing.links, world.publisher.id, email)
    with world.database.reading() as session:
        return taking.may_have_trial(session, world.publisher.id, reader_id, key)
