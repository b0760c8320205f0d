"""Working off the inbox: every event comes to an end, by one look at Stripe for all that wait together."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from paywall import clock
from paywall.billing.parts import Billing
from paywall.billing.subscriptions.tables import BillingEvent
from paywall.billing.syncing.sync import sync_subscription
from paywall.billing.webhooks import drain
from paywall.billing.webhooks.drain import DrainThread, drain_once
from tests.billing.stripe_world import World


def states(world: World) -> set[str]:
    return {row.state for row in world.inbox()}


def make_due(world: World) -> None:
    with world.database.writing() as session:
        session.execute(update(BillingEvent).values(due_at=clock.wall() - timedelta(seconds=1)))


class TestEventsOfOneSubscription:
    def test_are_all_closed_by_one_read_of_stripe(self, world: World) -> None:
        _, stripe_id = world.subscriber()
        world.keep_all()
        waiting = [row for row in world.inbox() if row.state == "waiting"]
        world.reads()
        drain_once(world.billing)
        assert len(waiting) >= 4
        assert world.reads() == [f"GET /v1/subscriptions/{stripe_id}"]
        assert states(world) == {"handled", "ignored"}

    def test_that_come_after_they_were_handled_change_nothing(self, world: World) -> None:
        world.subscriber()
        world.keep_all()
        drain_once(world.billing)
        world.keep_all()
        world.reads()
        assert drain_once(world.billing) == 0
        assert world.reads() == []

    def test_do_not_wait_for_those_of_another_that_fail(self, world: World) -> None:
        _, broken = world.subscriber()
        reader_id, _ = world.subscriber()
        world.keep_all()
        world.sandbox.faults.add("GET /v1/subscriptions/<id>", status=400, body=b'{"error": {"message": "no"}}')
        drain_once(world.billing)
        assert world.may_read(reader_id)
        failed = [row for row in world.inbox() if row.subject == broken]
        assert {(row.state, row.attempts) for row in failed} == {("waiting", 1)}


class TestAFailure:
    def test_is_tried_again_later_and_later_and_never_given_up(self, world: World) -> None:
        reader_id, stripe_id = world.subscriber()
        world.keep_all()
        world.sandbox.faults.add("GET /v1/subscriptions/<id>", drop_before=True, times=None)
        waits = []
        for _ in range(9):
            make_due(world)
            drain_once(world.billing)
            row = next(row for row in world.inbox() if row.subject == stripe_id)
            waits.append(round((row.due_at - clock.wall()).total_seconds() / 5) * 5)
        assert waits == sorted(waits)
        assert waits[0] <= 5
        assert waits[-1] == 600
        world.sandbox.faults.clear()
        make_due(world)
        drain_once(world.billing)
        assert world.may_read(reader_id)

    def test_is_not_tried_again_before_its_time_unless_something_new_comes(self, world: World) -> None:
        _, stripe_id = world.subscriber()
        world.keep_all()
        world.sandbox.faults.add("GET /v1/subscriptions/<id>", drop_before=True)
        drain_once(world.billing)
        assert drain_once(world.billing) == 0
        world.billing.gateway.cancel_subscription(stripe_id)
        world.keep_all()
        assert drain_once(world.billing) >= 1
        assert "waiting" not in states(world)


class TestAKilledWorker:
    def test_leaves_events_that_the_next_one_takes_up_when_the_lease_has_run_out(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Killed(BaseException):
            """As `kill -9` is: nothing of ours runs afterwards."""

        def die(*_: object, **__: object) -> None:
            raise Killed

        reader_id, stripe_id = world.subscriber()
        world.keep_all()
        monkeypatch.setattr(type(world.billing.gateway), "retrieve_subscription", die)
        with pytest.raises(Killed):
            sync_subscription(world.billing, stripe_id, by_force=False)
        monkeypatch.undo()
        assert not world.may_read(reader_id)
        deadline = clock.wall() + timedelta(seconds=60)
        while not world.may_read(reader_id) and clock.wall() < deadline:  # the lease lasts about a second
            drain_once(world.billing)
        assert world.may_read(reader_id)
        assert states(world) == {"handled", "ignored"}


class TestRefundsOfACustomerWithoutKnownInvoices:
    def test_find_the_subscription_through_stripe(self, world: World) -> None:
        reader_id, stripe_id = world.subscriber()
        invoice = world.billing.gateway.list_invoices(stripe_id, expand=("data.payments",))[0]
        payment = invoice["payments"]["data"][0]["payment"]["payment_intent"]
        world.billing.gateway.create_refund({"payment_intent": payment}, idempotency_key="r")
        world.keep(*[event for event in world.events() if event["type"] in ("charge.refunded", "refund.created")])
        drain_once(world.billing)
        assert not world.may_read(reader_id)
        assert world.invoices()[0].refunded_minor == 499
        assert states(world) == {"handled"}

    def test_of_a_payment_without_subscription_are_closed(self, world: World) -> None:
        refund = {"id": "re_1", "object": "refund", "charge": "ch_unknown", "payment_intent": None}
        world.keep(
            {
                "id": "evt_r",
                "object": "event",
                "type": "refund.updated",
                "livemode": False,
                "created": 1_795_440_573,
                "data": {"object": refund},
            }
        )
        drain_once(world.billing)
        (row,) = world.inbox()
        assert (row.state, row.note) == ("ignored", "no subscription")


class TestTheWebhookAndTheReturnPage:
    @pytest.mark.parametrize("page_first", [True, False])
    def test_reach_the_same_in_either_order(self, world: World, page_first: bool) -> None:
        reader_id, stripe_id = world.subscriber()
        world.keep_all()
        ways: list[Callable[[], object]] = [
            lambda: sync_subscription(world.billing, stripe_id),
            lambda: drain_once(world.billing),
        ]
        for way in ways if page_first else ways[::-1]:
            way()
            assert world.may_read(reader_id)
        assert states(world) == {"handled", "ignored"}
        assert [mail.kind for mail in world.mails()] == ["billing_started"]
        assert world.deeds() == ["subscription_added"]

    def test_reach_the_same_at_the_same_time(self, world: World) -> None:
        for _ in range(5):
            reader_id, stripe_id = world.subscriber()
            world.keep_all()
            start = threading.Barrier(2)

            def page(stripe_id: str = stripe_id, start: threading.Barrier = start) -> None:
                start.wait()
                sync_subscription(world.billing, stripe_id)

            thread = threading.Thread(target=page)
            thread.start()
            start.wait()
            drain_once(world.billing)
            thread.join()
            drain_once(world.billing)
            assert world.may_read(reader_id)
        assert states(world) == {"handled", "ignored"}
        assert world.deeds() == ["subscription_added"] * 5
        assert len(world.mails()) == 5


class TestTheDrainsThread:
    def test_is_woken_by_an_event_and_does_not_wait_for_its_round(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(drain, "ROUND_SECONDS", 3600)
        reader_id, _ = world.subscriber()
        idle, seen = threading.Event(), threading.Event()

        def drain_and_look(billing: Billing) -> None:
            drain_once(billing)
            idle.set()
            if world.may_read(reader_id):
                seen.set()

        monkeypatch.setattr(drain, "drain_once", drain_and_look)
        thread = DrainThread(world.billing)
        thread.start()
        assert idle.wait(30)
        world.keep_all()
        world.billing.wake.set()
        assert seen.wait(30)
        thread.stop()

    def test_outlives_a_round_that_fails(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(drain, "ROUND_SECONDS", 0.01)
        rounds = threading.Semaphore(0)

        def fail(_billing: Billing) -> None:
            rounds.release()
            raise OSError

        monkeypatch.setattr(drain, "drain_once", fail)
        thread = DrainThread(world.billing)
        thread.start()
        assert all(rounds.acquire(timeout=30) for _ in range(3))
        thread.stop()
