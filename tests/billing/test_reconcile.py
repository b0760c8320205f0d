"""The long stop: what no event told us is found and put right."""

from datetime import timedelta

from sqlalchemy import select

from paywall import clock
from paywall.billing.syncing.reconcile import extend_expiring, reconcile, sweep, sweep_undelivered_events
from paywall.billing.syncing.sync import sync_subscription
from paywall.billing.webhooks.drain import drain_once
from paywall.entitlements.tables import EntitlementRow
from tests.billing.stripe_world import World, make_price

WEBHOOK = "http://news.test/webhooks/stripe"


class TestReconciling:
    def test_finds_nothing_where_all_is_as_stripe_has_it(self, world: World) -> None:
        _, stripe_id = world.subscriber()
        sync_subscription(world.billing, stripe_id)
        report = reconcile(world.billing)
        assert (report.checked, report.drifts) == (1, [])

    def test_adds_what_no_event_told_and_updates_what_has_changed(self, world: World) -> None:
        reader_id, missed = world.subscriber()
        _, changed = world.subscriber()
        sync_subscription(world.billing, changed)
        world.billing.gateway.cancel_subscription(changed)
        seen: list[int] = []
        report = reconcile(world.billing, progress=seen.append)
        assert {(one.stripe_id, one.ours, one.theirs, one.outcome) for one in report.drifts} == {
            (missed, "not there", "active", "repaired"),
            (changed, "active", "canceled", "repaired"),
        }
        assert seen == [1, 2]
        assert world.may_read(reader_id)
        assert reconcile(world.billing).drifts == []

    def test_only_tells_in_a_dry_run(self, world: World) -> None:
        reader_id, _ = world.subscriber()
        report = reconcile(world.billing, dry_run=True)
        assert [one.outcome for one in report.drifts] == ["reported"]
        assert not world.may_read(reader_id)

    def test_leaves_foreign_subscriptions_alone_and_counts_them(self, world: World) -> None:
        foreign = make_price(world.billing.gateway, "podcast:month")
        world.subscribe(world.customer(None), price=foreign)
        report = reconcile(world.billing)
        assert (report.checked, report.foreign, report.drifts) == (1, 1, [])

    def test_tells_of_one_that_stripe_no_longer_knows(self, world: World) -> None:
        _, stripe_id = world.subscriber()
        sync_subscription(world.billing, stripe_id)
        with world.sandbox.store.transaction(write=True):
            world.sandbox.store.execute("DELETE FROM objects WHERE id = ?", (stripe_id,))
        report = reconcile(world.billing)
        assert [(one.stripe_id, one.theirs, one.outcome) for one in report.drifts] == [
            (stripe_id, "not there", "stripe_not_found")
        ]


class TestSweepingEvents:
    def test_fetches_what_no_endpoint_took(self, world: World) -> None:
        world.ask(lambda v1: v1.webhook_endpoints.create({"url": WEBHOOK, "enabled_events": ["*"]}))
        reader_id, _ = world.subscriber()
        assert sweep_undelivered_events(world.billing, world.time.now()) > 0
        assert sweep_undelivered_events(world.billing, world.time.now()) == 0
        drain_once(world.billing)
        assert world.may_read(reader_id)


class TestAnOutageOfStripe:
    def test_carries_renewing_subscriptions_that_run_out_to_three_days(self, world: World) -> None:
        reader_id, stripe_id = world.subscriber()
        paid = sync_subscription(world.billing, stripe_id).access
        assert paid
        assert paid.paid_through_at
        now = paid.paid_through_at + timedelta(hours=1)
        assert extend_expiring(world.billing, now) == 1
        assert extend_expiring(world.billing, now) == 0
        held = world.entitlement(reader_id)
        assert held
        assert held.valid_until == paid.paid_through_at + timedelta(hours=72)

    def test_carries_over_neither_cancelled_ones_nor_those_with_time_left(self, world: World) -> None:
        _, leaving = world.subscriber()
        change = {"cancel_at_period_end": True}
        world.billing.gateway.update_subscription(leaving, change, idempotency_key="1")
        access = sync_subscription(world.billing, leaving).access
        assert access
        assert extend_expiring(world.billing, access.valid_until - timedelta(hours=1)) == 0
        _, staying = world.subscriber()
        sync_subscription(world.billing, staying)
        assert extend_expiring(world.billing, world.time.now()) == 0

    def test_is_noticed_by_the_sweep_and_ends_with_the_next_sync(self, world: World) -> None:
        _, stripe_id = world.subscriber()
        paid = sync_subscription(world.billing, stripe_id).access
        assert paid
        world.sandbox.faults.add("GET /v1/events", drop_before=True, times=None)
        sweep(world.billing, paid.valid_until - timedelta(hours=1), clock.wall())
        with world.database.reading() as session:
            (row,) = session.scalars(select(EntitlementRow))
            assert row.valid_until > paid.valid_until
        world.sandbox.faults.clear()
        sync_subscription(world.billing, stripe_id)
        with world.database.reading() as session:
            (row,) = session.scalars(select(EntitlementRow))
            assert row.valid_until == paid.valid_until
