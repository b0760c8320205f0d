"""The long stop: what no event told us is found and put right."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import pytest
from sqlalchemy import delete, insert, literal, select, update

from paywall import clock
from paywall.billing.checkout.tables import Customer
from paywall.billing.ledger.tables import Payment, Refund
from paywall.billing.reconciling import local
from paywall.billing.reconciling.budget import PacedGateway, TokenBucket
from paywall.billing.reconciling.comparing import BeingCompared, DriftReport, reconcile
from paywall.billing.reconciling.rules import comparison_is_due, sweep_from
from paywall.billing.reconciling.sweeping import compare_if_due, extend_expiring, sweep, sweep_events
from paywall.billing.reconciling.tables import Comparison, DriftRow, Seen
from paywall.billing.subscriptions.tables import Invoice, Subscription
from paywall.billing.syncing import lease
from paywall.billing.syncing.sync import sync_subscription
from paywall.billing.webhooks.drain import drain_once
from paywall.entitlements.tables import EntitlementRow
from tests.billing.stripe_world import DAY, World, make_price


def compare(world: World, **more: Any) -> DriftReport:
    return reconcile(world.billing, reads_per_second=10_000, **more)


def change(world: World, table: Any, **values: object) -> None:
    with world.database.writing() as session:
        session.execute(update(table).values(**values))


def subscribed(world: World) -> tuple[int, str]:
    reader_id, stripe_id = world.subscriber()
    sync_subscription(world.billing, stripe_id)
    return reader_id, stripe_id


class TestComparing:
    def test_finds_nothing_where_all_is_as_stripe_has_it(self, world: World) -> None:
        subscribed(world)
        report = compare(world)
        assert (report.drifts, report.is_finished) == ([], True)
        assert report.compared >= 3  # subscription, invoice, customer and what was paid

    def test_adds_what_no_event_told_and_updates_what_has_changed(self, world: World) -> None:
        reader_id, missed = world.subscriber()
        _, changed = subscribed(world)
        world.billing.gateway.cancel_subscription(changed)
        seen: list[int] = []
        report = compare(world, progress=seen.append)
        assert {one.subject for one in report.drifts} == {missed, changed}
        assert {one.outcome for one in report.drifts} == {"repaired"}
        found = {(one.subject, one.what): one for one in report.drifts}
        assert (found[missed, "subscription"].ours, found[missed, "subscription"].theirs) == ("not there", "active")
        assert "status active" in found[changed, "subscription"].ours
        assert "status canceled" in found[changed, "subscription"].theirs
        assert seen == sorted(seen)
        assert world.may_read(reader_id)
        assert compare(world).drifts == []

    def test_only_tells_in_a_dry_run(self, world: World) -> None:
        reader_id, _ = world.subscriber()
        _, changed = subscribed(world)
        world.billing.gateway.cancel_subscription(changed)
        mails = len(world.mails())
        report = compare(world, dry_run=True)
        assert {one.outcome for one in report.drifts} == {"reported"}
        assert len({one.subject for one in report.drifts}) == 2
        assert not world.may_read(reader_id)
        assert len(world.mails()) == mails
        assert {one.subject for one in compare(world, dry_run=True).drifts} == {one.subject for one in report.drifts}

    def test_leaves_to_the_inbox_what_it_will_settle_by_itself(self, world: World) -> None:
        world.subscriber()
        world.keep_all()
        assert compare(world).drifts == []

    def test_leaves_foreign_subscriptions_alone_and_counts_them(self, world: World) -> None:
        foreign = make_price(world.billing.gateway, "podcast:month")
        world.subscribe(world.customer(None), price=foreign)
        report = compare(world)
        assert (report.foreign, report.drifts) == (1, [])

    def test_keeps_its_report_for_those_who_ask_later(self, world: World) -> None:
        _, missed = world.subscriber()
        compare(world)
        assert {row.subject for row in world.rows(DriftRow)} == {missed}
        (comparison,) = world.rows(Comparison)
        assert comparison.finished_at
        with world.database.reading() as session:
            assert session.scalars(select(Seen)).all() == []


def right_of(stripe_id: str) -> Any:
    return update(EntitlementRow).where(EntitlementRow.source_id == stripe_id)


def subscription(stripe_id: str) -> Any:
    return update(Subscription).where(Subscription.stripe_id == stripe_id)


def invoice_of(stripe_id: str) -> Any:
    return update(Invoice).where(Invoice.subscription_id == stripe_id)


def payments_of(stripe_id: str) -> Any:
    return Payment.invoice_id.in_(select(Invoice.stripe_id).where(Invoice.subscription_id == stripe_id))


def an_invoice_that_never_was(stripe_id: str) -> Any:
    copied = {one.key: one for one in Invoice.__table__.columns if one.key != "id"}
    copied |= {"stripe_id": literal(f"in_{stripe_id}"), "payment_id": literal("pi_never")}
    return insert(Invoice).from_select(
        list(copied), select(*copied.values()).where(Invoice.subscription_id == stripe_id)
    )


def a_refund_that_never_was(stripe_id: str) -> Any:
    made = {
        "publisher_id": Invoice.publisher_id,
        "stripe_id": literal(f"re_{stripe_id}"),
        "invoice_id": Invoice.stripe_id,
    }
    made |= {
        "amount_minor": literal(499),
        "currency": literal("AZN"),
        "status": literal("succeeded"),
        "at": Invoice.created_at,
    }
    return insert(Refund).from_select(list(made), select(*made.values()).where(Invoice.subscription_id == stripe_id))


LATER = clock.now() + 400 * DAY
PLANTED: dict[str, Callable[[str], Any]] = {
    "a right that lasts too long": lambda one: right_of(one).values(valid_until=LATER),
    "a right cut short": lambda one: right_of(one).values(valid_until=clock.now()),
    "a right suspended": lambda one: right_of(one).values(suspended=True),
    "a right that is gone": lambda one: delete(EntitlementRow).where(EntitlementRow.source_id == one),
    "another status": lambda one: subscription(one).values(status="past_due"),
    "another end": lambda one: subscription(one).values(cancels_at=LATER),
    "another amount": lambda one: subscription(one).values(amount_minor=1),
    "paid for longer": lambda one: subscription(one).values(paid_through_at=LATER),
    "not the account's own": lambda one: subscription(one).values(is_current=False),
    "an invoice not paid": lambda one: invoice_of(one).values(status="open", paid_minor=0),
    "an invoice of another amount": lambda one: invoice_of(one).values(total_minor=1, paid_minor=1),
    "an invoice given back": lambda one: invoice_of(one).values(refunded_minor=499),
    "an invoice that never was": an_invoice_that_never_was,
    "an invoice that is gone": lambda one: delete(Invoice).where(Invoice.subscription_id == one),
    "a payment of another amount": lambda one: update(Payment).where(payments_of(one)).values(amount_minor=1),
    "a payment that is gone": lambda one: delete(Payment).where(payments_of(one)),
    "a refund that never was": a_refund_that_never_was,
}


class TestPlantedDrift:
    def test_of_every_kind_is_found_and_put_right_and_nothing_else_is(self, world: World) -> None:
        untouched = subscribed(world)[1]
        planted = {subscribed(world)[1]: plant for plant in PLANTED.values()}
        with world.database.writing() as session:
            for stripe_id, plant in planted.items():
                session.execute(plant(stripe_id))
        told, report = compare(world, dry_run=True), compare(world)
        assert {one.subject for one in told.drifts} == {one.subject for one in report.drifts} == planted.keys()
        assert {one.outcome for one in report.drifts} == {"repaired"}
        assert compare(world).drifts == []
        rights = {row.source_id: row for row in world.rows(EntitlementRow)}
        for row in world.rows(Subscription):
            assert (row.status, row.is_current, row.amount_minor, row.cancels_at) == ("active", True, 499, None)
            assert rights[row.stripe_id].valid_until == row.paid_through_at + timedelta(hours=24)
            assert not rights[row.stripe_id].suspended
        assert rights.keys() == {untouched, *planted}
        assert [(one.paid_minor, one.refunded_minor) for one in world.invoices()] == [(499, 0)] * len(rights)

    def test_a_refund_that_nobody_heard_of_is_put_into_the_books(self, world: World) -> None:
        reader_id, stripe_id = subscribed(world)
        (invoice,) = world.invoices()
        world.billing.gateway.create_refund({"payment_intent": invoice.payment_id}, idempotency_key="1")
        assert {one.subject for one in compare(world).drifts} == {stripe_id}
        assert [row.amount_minor for row in world.rows(Refund)] == [499]
        assert not world.may_read(reader_id)

    def test_a_refund_that_nobody_heard_of_is_found_though_an_event_of_something_else_waits(self, world: World) -> None:
        subscribed(world)
        (paid,) = world.invoices()
        world.billing.gateway.create_refund({"payment_intent": paid.payment_id}, idempotency_key="1")
        world.keep(*(one for one in world.events() if one["type"] == "customer.subscription.created"))
        assert compare(world).drifts == []
        assert [row.refunded_minor for row in world.invoices()] == [499]

    def test_a_customer_deleted_unheard_is_found(self, world: World) -> None:
        subscribed(world)
        customer = world.rows(Subscription)[0].customer_id
        world.ask(lambda v1: v1.customers.delete(customer))
        subjects = {one.subject for one in compare(world).drifts}
        assert customer in subjects
        assert [row.deleted_at is not None for row in world.rows(Customer)] == [True]
        assert compare(world).drifts == []

    def test_a_right_that_belongs_to_no_subscription_ends(self, world: World) -> None:
        reader_id, _ = subscribed(world)
        change(world, EntitlementRow, source_id="sub_never")
        compare(world)
        rights = {one.source_id: one for one in world.entitlements(reader_id)}
        assert not rights["sub_never"].grants_access(clock.now())
        assert len(rights) == 2


class TestSubscriptionsThatStripeDoesNotKnow:
    def forget(self, world: World, stripe_id: str) -> None:
        with world.sandbox.store.transaction(write=True):
            world.sandbox.store.execute("DELETE FROM objects WHERE id = ?", (stripe_id,))

    def test_end_with_all_they_were_said_to_have_paid(self, world: World) -> None:
        reader_id, lost = subscribed(world)
        for _ in range(2):
            subscribed(world)
        self.forget(world, lost)
        assert [(one.subject, one.theirs, one.outcome) for one in compare(world).drifts] == [
            (lost, "not there", "repaired")
        ]
        assert not world.entitlements(reader_id)[0].grants_access(clock.now())
        assert compare(world).drifts == []

    def test_are_left_alone_where_they_are_most_of_all_since_the_key_is_another_accounts(self, world: World) -> None:
        reader_id, lost = subscribed(world)
        self.forget(world, lost)
        assert [one.outcome for one in compare(world).drifts] == ["left alone"]
        assert world.may_read(reader_id)


class TestAComparisonUnderWay:
    def test_stops_after_a_page_and_goes_on_from_there(self, world: World) -> None:
        world.subscriber()
        stop = Event()
        stop.set()
        assert not compare(world, stop=stop).is_finished
        report = compare(world)
        assert report.is_finished
        (comparison,) = world.rows(Comparison)
        assert comparison.finished_at
        assert {row.subject for row in world.rows(DriftRow)} == {world.rows(Subscription)[0].stripe_id}

    def test_keeps_another_process_from_comparing_too(self, world: World) -> None:
        with world.database.writing() as session:
            lease.claim(session, "comparison", 30)
        with pytest.raises(BeingCompared):
            compare(world)

    def test_asks_in_turn(self, world: World) -> None:
        waited: list[float] = []
        slow = PacedGateway(world.billing.gateway, 2, waited.append)
        for _ in range(5):
            slow.list_subscriptions("cus_none")
        assert len(waited) == 3


class TestTheBudget:
    def test_gives_a_second_worth_at_once_and_then_one_at_a_time(self) -> None:
        bucket = TokenBucket(20)
        assert [bucket.take(0.0) for _ in range(20)] == [0.0] * 20
        assert [round(bucket.take(0.0), 2) for _ in range(3)] == [0.05, 0.1, 0.15]
        assert bucket.take(60.0) == 0.0

    def test_never_lets_more_than_twenty_a_second_through_in_the_long_run(self) -> None:
        bucket, now = TokenBucket(20), 0.0
        for _ in range(1000):
            now += bucket.take(now)
        assert now >= (1000 - 20) / 20 - 1e-6


class TestTheRules:
    night = datetime.fromisoformat("2026-11-23T02:00:00+00:00")

    def test_a_night_is_compared_once(self) -> None:
        assert comparison_is_due(None, self.night)
        assert comparison_is_due(self.night - timedelta(minutes=1), self.night)
        assert not comparison_is_due(self.night, self.night + timedelta(hours=23, minutes=59))
        assert comparison_is_due(self.night, self.night + timedelta(hours=24))

    def test_a_sweep_overlaps_the_last_one_and_asks_for_no_more_than_stripe_keeps(self) -> None:
        now = self.night
        assert sweep_from(now - timedelta(minutes=5), now) == now - timedelta(hours=1, minutes=5)
        assert sweep_from(now - 40 * DAY, now) == sweep_from(None, now) == now - 29 * DAY


class TestSweepingEvents:
    def test_fetches_what_never_came(self, world: World) -> None:
        reader_id, _ = world.subscriber()
        assert sweep_events(world.billing, world.time.now()) > 0
        assert sweep_events(world.billing, world.time.now()) == 0
        drain_once(world.billing)
        assert world.may_read(reader_id)

    def test_compares_everything_where_events_can_not_tell_any_more(self, world: World) -> None:
        subscribed(world)
        sweep(world.billing, world.time.now(), clock.wall())
        first = len(world.rows(Comparison))
        sweep(world.billing, world.time.now() + 28 * DAY, clock.wall())
        assert len(world.rows(Comparison)) == first
        reader_id, _ = world.subscriber()
        with world.sandbox.store.transaction(write=True):
            world.sandbox.store.execute("DELETE FROM objects WHERE id LIKE 'evt_%'", ())
        sweep(world.billing, world.time.now() + 60 * DAY, clock.wall())
        assert len(world.rows(Comparison)) == first + 1
        assert world.may_read(reader_id)

    def test_every_night_everything_is_compared_once(self, world: World) -> None:
        for hours in (0, 1, 24, 25):
            compare_if_due(world.billing, clock.now() + timedelta(hours=hours), Event())
        assert len(world.rows(Comparison)) >= 1


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
        assert list(local.suspects(world.database)) == []  # that is no drift

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
