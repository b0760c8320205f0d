"""One worker for one subscription at a time, and none that could overwrite what a later one found out."""

import threading
from datetime import timedelta

import pytest

from paywall import clock
from paywall.billing.subscriptions.tables import Lease
from paywall.billing.syncing import lease
from paywall.billing.syncing.lease import LeaseLost
from paywall.billing.syncing.sync import BeingSynced, sync_subscription
from paywall.billing.webhooks.drain import drain_once
from paywall.database import Database
from tests.billing.stripe_world import World

LONG = 60.0


def claim(database: Database, seconds: float = LONG, *, by_force: bool = False) -> lease.Claim | None:
    with database.writing() as session:
        return lease.claim(session, "sub_1", seconds, by_force=by_force)


def until(database: Database) -> object:
    with database.reading() as session:
        return session.get_one(Lease, "sub_1").until


class TestALease:
    def test_is_held_by_one_at_a_time(self, database: Database) -> None:
        assert claim(database)
        assert claim(database) is None

    def test_that_has_run_out_is_anybodys(self, database: Database) -> None:
        first = claim(database, seconds=0)
        second = claim(database)
        assert first
        assert second
        assert second.token == first.token + 1

    def test_that_was_freed_can_be_claimed_at_once(self, database: Database) -> None:
        held = claim(database)
        assert held
        with database.writing() as session:
            lease.free(session, held)
        assert claim(database)

    def test_taken_over_by_force_makes_the_first_holder_write_nothing(self, database: Database) -> None:
        first, second = claim(database), claim(database, by_force=True)
        assert first
        assert second
        with pytest.raises(LeaseLost), database.writing() as session:
            lease.require(session, first)
        with database.writing() as session:
            lease.require(session, second)

    def test_of_a_stalled_holder_is_neither_freed_nor_extended_by_it(self, database: Database) -> None:
        first, second = claim(database, seconds=0), claim(database)
        assert first
        assert second
        before = until(database)
        with database.writing() as session:
            lease.free(session, first)
            assert not lease.extend(session, first, LONG)
        assert until(database) == before

    def test_claimed_by_many_threads_at_once_goes_to_one(self, database: Database) -> None:
        start = threading.Barrier(6)
        won: list[lease.Claim] = []

        def contend() -> None:
            start.wait()
            if held := claim(database):
                won.append(held)

        threads = [threading.Thread(target=contend) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(won) == 1

    def test_is_kept_alive_while_its_holder_works(self, database: Database) -> None:
        held = claim(database, seconds=0.3)
        assert held
        first_end, beaten = until(database), threading.Event()
        with lease.heartbeat(database, held, 0.3):
            for _ in range(1000):  # ends with the first beat
                if until(database) != first_end:
                    break
                beaten.wait(0.02)
        assert until(database) != first_end


class TestAFetchThatIsHeld:
    """Stripe keeps its answer back: only so do the fence, the heartbeat and the noting of events show what they do."""

    def hold(self, world: World, stripe_id: str) -> tuple[threading.Event, threading.Thread, list[object]]:
        """Start a sync whose answer has been made at Stripe and hangs on its way."""
        gate, outcome = threading.Event(), list[object]()
        world.sandbox.faults.add("GET /v1/subscriptions/<id>", gate=gate, gate_at="after")

        def work() -> None:
            try:
                outcome.append(sync_subscription(world.billing, stripe_id, by_force=False))
            except BeingSynced as lost:
                outcome.append(lost)

        thread = threading.Thread(target=work)
        world.reads()
        thread.start()
        while not world.sandbox.calls:
            gate.wait(0.005)
        return gate, thread, outcome

    def keep_its_own(self, world: World, stripe_id: str) -> None:
        """Keep what is told of the subscription itself: an event about the customer would have it looked at again."""
        world.keep(*[event for event in world.events() if event["data"]["object"]["id"] == stripe_id])

    def test_and_overtaken_stores_nothing_of_what_it_saw(self, world: World) -> None:
        reader_id, stripe_id = world.subscriber()
        gate, thread, outcome = self.hold(world, stripe_id)
        world.billing.gateway.cancel_subscription(stripe_id)
        sync_subscription(world.billing, stripe_id)
        gate.set()
        thread.join()
        current = world.current(reader_id)
        assert current
        assert current.status == "canceled"
        assert isinstance(outcome[0], BeingSynced)
        assert world.deeds() == ["subscription_added"]

    def test_does_not_close_events_that_came_after_it_began(self, world: World) -> None:
        reader_id, stripe_id = world.subscriber()
        self.keep_its_own(world, stripe_id)
        gate, thread, _ = self.hold(world, stripe_id)
        world.billing.gateway.cancel_subscription(stripe_id)
        self.keep_its_own(world, stripe_id)
        gate.set()
        thread.join()
        assert {row.type for row in world.inbox() if row.state == "waiting"} == {"customer.subscription.deleted"}
        drain_once(world.billing)
        current = world.current(reader_id)
        assert current
        assert current.status == "canceled"
        assert "waiting" not in {row.state for row in world.inbox()}

    def test_longer_than_the_lease_is_not_started_again_by_another_worker(self, world: World) -> None:
        _, stripe_id = world.subscriber()
        world.keep_all()
        gate, thread, outcome = self.hold(world, stripe_id)
        deadline = clock.wall() + timedelta(seconds=2.5 * world.billing.lease_seconds)
        while clock.wall() < deadline:
            drain_once(world.billing)
            gate.wait(0.05)
        asked = world.reads()
        gate.set()
        thread.join()
        assert asked == [f"GET /v1/subscriptions/{stripe_id}"]
        assert not isinstance(outcome[0], Exception)
