"""One trial for each account, each card and each address; one too many is ended before it costs anything."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from paywall.billing.links import Links
from paywall.billing.snapshots.invoice import subscription_of_invoice
from paywall.billing.syncing.attempt import Synced
from paywall.billing.syncing.sync import sync_subscription
from paywall.billing.trials.tables import Trial
from paywall.billing.trials.taking import address_key, may_have_trial
from paywall.readers.tables import Reader
from tests.billing.stripe_world import World
from tests.proof.truth_table import NO, YES, Held, verdict

OURS = {"checkout": "attempt"}


def begin_trial(world: World, reader_id: int, card: str = "pm_card_visa", metadata: dict[str, str] = OURS) -> str:
    """Begin a trial at Stripe, as a page of ours does."""
    customer = world.customer(reader_id, card)
    own: Any = {"publisher": "news", "reader": str(reader_id), **metadata}
    return world.subscribe(customer, trial_period_days=14, metadata=own)


def sync(world: World, stripe_id: str) -> Synced:
    return sync_subscription(world.billing, stripe_id)


def may_have_one(world: World, reader_id: int) -> bool:
    with world.database.reading() as session:
        reader = session.get_one(Reader, reader_id)
        key = address_key(world.billing.links, reader.publisher_id, reader.email_normalized)
        return may_have_trial(session, reader.publisher_id, reader_id, key)


class TestATrial:
    def test_opens_everything_until_it_ends(self, world: World) -> None:
        reader_id = world.reader()
        synced = sync(world, begin_trial(world, reader_id))
        assert synced.status == "trialing"
        assert world.may_read(reader_id)

    def test_is_had_once_by_an_account(self, world: World) -> None:
        reader_id = world.reader()
        assert may_have_one(world, reader_id)
        sync(world, begin_trial(world, reader_id))
        assert not may_have_one(world, reader_id)

    def test_is_had_once_by_an_address_though_the_account_is_gone(self, world: World) -> None:
        reader_id = world.reader()
        with world.database.reading() as session:
            email = session.get_one(Reader, reader_id).email_normalized
        sync(world, begin_trial(world, reader_id))
        with world.database.writing() as session:
            row = session.get_one(Reader, reader_id)
            row.email = row.email_normalized = "erased"
        again = world.reader()
        with world.database.writing() as session:
            row = session.get_one(Reader, again)
            row.email = row.email_normalized = email
        assert not may_have_one(world, again)

    def test_keeps_no_address(self, world: World) -> None:
        reader_id = world.reader()
        sync(world, begin_trial(world, reader_id))
        with world.database.reading() as session:
            email = session.get_one(Reader, reader_id).email_normalized
            kept = session.scalar(select(Trial.address_key))
        assert email not in str(kept)
        assert address_key(Links("another key"), world.publisher.id, email) != kept


class TestAnotherTrialWithTheSameCard:
    def test_is_ended_at_once_and_nothing_is_charged(self, world: World) -> None:
        first, second = world.reader(), world.reader()
        sync(world, begin_trial(world, first))
        synced = sync(world, begin_trial(world, second))
        assert synced.status == "canceled"
        assert world.may_read(first)
        assert not world.may_read(second)
        assert [charge["amount"] for charge in world.sandbox_objects("charge") if charge["paid"]] == []

    def test_is_refused_once_however_often_it_is_looked_at(self, world: World) -> None:
        sync(world, begin_trial(world, world.reader()))
        second = world.reader()
        stripe_id = begin_trial(world, second)
        for _ in range(3):
            sync(world, stripe_id)
        assert [row.was_refused for row in world.rows(Trial)] == [False, True]
        assert not may_have_one(world, second)

    def test_is_noted_as_refused_though_the_worker_died_between_ending_it_and_writing_that_down(
        self, world: World
    ) -> None:
        sync(world, begin_trial(world, world.reader()))
        second = world.reader()
        stripe_id = begin_trial(world, second)
        world.time.move(seconds=5)
        world.billing.gateway.cancel_subscription(stripe_id)
        sync(world, stripe_id)
        assert [row.was_refused for row in world.rows(Trial)] == [False, True]
        assert not may_have_one(world, second)

    def test_stays_where_a_person_at_the_dashboard_gave_it(self, world: World) -> None:
        sync(world, begin_trial(world, world.reader()))
        second = world.reader()
        assert sync(world, begin_trial(world, second, metadata={})).status == "trialing"
        assert world.may_read(second)

    def test_is_fine_with_another_card(self, world: World) -> None:
        sync(world, begin_trial(world, world.reader()))
        assert sync(world, begin_trial(world, world.reader(), "pm_card_mastercard")).status == "trialing"


class TestATrialShortenedAtTheDashboard:
    def test_opens_until_its_new_end_only(self, world: World) -> None:
        reader_id = world.reader()
        stripe_id = begin_trial(world, reader_id)
        sync(world, stripe_id)
        end = world.time.at + timedelta(days=3)
        change_at_stripe(world, stripe_id, trial_end=int(end.timestamp()))
        sync(world, stripe_id)
        held = world.entitlement(reader_id)
        assert held
        assert held.paid_through_at == end
        assert judged(world, stripe_id, end - timedelta(minutes=1)) == YES
        assert judged(world, stripe_id, end + timedelta(hours=25)) == NO
        assert not held.grants_access(end + timedelta(hours=25))

    def test_leaves_the_grace_period_from_its_new_end_to_whom_cannot_pay_then(self, world: World) -> None:
        reader_id = world.reader()
        stripe_id = begin_trial(world, reader_id, "pm_card_chargeCustomerFail")
        sync(world, stripe_id)
        world.time.move(days=2)
        end = world.time.at
        change_at_stripe(world, stripe_id, trial_end="now")
        assert sync(world, stripe_id).status == "past_due"
        held = world.entitlement(reader_id)
        assert held
        assert held.valid_until == end + timedelta(days=14)
        assert judged(world, stripe_id, held.valid_until - timedelta(minutes=1)) == YES
        assert judged(world, stripe_id, held.valid_until) == NO

    def test_opens_what_is_paid_when_it_was_ended_at_once(self, world: World) -> None:
        reader_id = world.reader()
        stripe_id = begin_trial(world, reader_id)
        sync(world, stripe_id)
        world.time.move(days=2)
        change_at_stripe(world, stripe_id, trial_end="now")
        synced = sync(world, stripe_id)
        assert synced.status == "active"
        assert synced.access
        assert synced.access.paid_through_at
        assert timedelta(days=28) <= synced.access.paid_through_at - world.time.at <= timedelta(days=31)

    def test_lengthened_it_opens_until_its_new_end(self, world: World) -> None:
        reader_id = world.reader()
        stripe_id = begin_trial(world, reader_id)
        sync(world, stripe_id)
        end = world.time.at + timedelta(days=30)
        change_at_stripe(world, stripe_id, trial_end=int(end.timestamp()))
        synced = sync(world, stripe_id)
        assert synced.access
        assert synced.access.paid_through_at == end


class TestAFreeMonthAfterATrial:
    def test_opens_though_nothing_is_paid_for_it(self, world: World) -> None:
        reader_id = world.reader()
        coupon = world.ask(lambda v1: v1.coupons.create({"percent_off": 100, "duration": "forever"}))
        customer = world.customer(reader_id)
        free: Any = [{"coupon": coupon["id"]}]
        stripe_id = world.subscribe(customer, trial_period_days=7, discounts=free)
        world.time.move(days=8)
        world.sandbox.tick()
        synced = sync(world, stripe_id)
        assert synced.status == "active"
        assert world.may_read(reader_id)
        assert synced.access
        assert synced.access.paid_through_at
        assert synced.access.paid_through_at > world.time.at + timedelta(days=20)


def change_at_stripe(world: World, stripe_id: str, **how: Any) -> None:
    """Change a subscription as somebody at the dashboard does."""
    change: Any = {"proration_behavior": "none", **how}
    world.ask(lambda v1: v1.subscriptions.update(stripe_id, change))


def judged(world: World, stripe_id: str, now: datetime) -> str:
    """Ask the table written by hand whether the reader may read at a moment."""
    invoices = [one for one in world.sandbox_objects("invoice") if subscription_of_invoice(one) == stripe_id]
    (found,) = (one for one in world.sandbox_objects("subscription") if one["id"] == stripe_id)
    return verdict(Held(found, invoices, {}, [], []), now)
