"""Any number of workers, killed at any moment: nothing is lost, and what is sent twice has one id."""

import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from paywall.outgoing.asking import Limits
from paywall.telling import attempting, claiming, lanes
from paywall.telling.endpoints import endpoint_of, remove_endpoint
from paywall.telling.lanes import Lane, tell_once
from paywall.telling.rules import State
from paywall.telling.tables import Delivery
from tests.outgoing.receiver import Receiver, plain, receiving
from tests.telling.newspaper import Held, Newspaper, ids, wait_until


class TestAWorkerThatIsKilled:
    def test_between_claim_and_sending_loses_nothing(self, newspaper: Newspaper, receiver: Receiver) -> None:
        newspaper.add(receiver.url())
        newspaper.give()
        assert len(newspaper.claim_new()) == 1
        assert newspaper.tell() == 0, "it belongs to the one who claimed it"
        newspaper.time_passes(claiming.LEASE)
        assert newspaper.tell() == 1
        assert newspaper.delivery().state is State.DELIVERED

    def test_between_sending_and_noting_sends_twice_under_one_id(
        self, newspaper: Newspaper, receiver: Receiver
    ) -> None:
        newspaper.add(receiver.url())
        newspaper.give()
        [claim] = newspaper.claim_new()
        attempting.send(newspaper.telling, claim)
        newspaper.time_passes(claiming.LEASE)
        newspaper.tell()
        assert len(receiver.requests) == 2
        assert len(set(ids(receiver))) == 1
        assert newspaper.delivery().state is State.DELIVERED

    def test_and_comes_back_late_with_a_failure_is_not_believed(self, newspaper: Newspaper, receiver: Receiver) -> None:
        newspaper.add(receiver.url())
        newspaper.give()
        [late] = newspaper.claim_new()
        newspaper.time_passes(claiming.LEASE)
        newspaper.tell()
        receiver.reply = plain(500)
        newspaper.attempt(late)
        found = newspaper.delivery()
        assert (found.state, len(found.attempts)) == (State.DELIVERED, 2)

    def test_while_its_endpoint_is_removed_leaves_nothing_behind(
        self, newspaper: Newspaper, receiver: Receiver
    ) -> None:
        endpoint = newspaper.add(receiver.url())
        newspaper.give()
        [claim] = newspaper.claim_new()
        with newspaper.database.writing() as session:
            remove_endpoint(session, endpoint_of(session, newspaper.publisher_id, endpoint), actor="test")
        newspaper.attempt(claim)
        assert newspaper.deliveries() == []


class TestSeveralWorkers:
    def test_send_one_endpoint_four_at_a_time_each(self, newspaper: Newspaper, receiver: Receiver) -> None:
        newspaper.add(receiver.url())
        for number in range(10):
            newspaper.give(f"sub_{number}")
        first = newspaper.claim_new(16)
        assert len(first) == 4
        busy = Counter(claim.endpoint_id for claim in first)
        assert newspaper.claim(16, busy=busy) == []
        assert len(newspaper.claim(16)) == 4, "another one is not kept waiting by what the first was at"

    def test_share_what_is_due_between_the_endpoints(self, newspaper: Newspaper, receiver: Receiver) -> None:
        for path in ("/a", "/b", "/c", "/d"):
            newspaper.add(receiver.url(path))
        for number in range(5):
            newspaper.give(f"sub_{number}")
        claims = newspaper.claim_new(8)
        assert len(claims) == 8
        assert len({claim.endpoint_id for claim in claims}) == 4

    def test_get_different_deliveries(self, newspaper: Newspaper, receiver: Receiver) -> None:
        newspaper.add(receiver.url())
        newspaper.give()
        newspaper.take_back()
        first, second = newspaper.claim_new(), newspaper.claim()
        assert first[0].delivery_id != second[0].delivery_id

    def test_an_answer_that_is_held_keeps_the_delivery_with_its_worker(
        self, newspaper: Newspaper, receiver: Receiver
    ) -> None:
        held = Held()
        receiver.reply = held
        newspaper.add(receiver.url())
        newspaper.give()
        thread = threading.Thread(target=newspaper.tell)
        thread.start()
        held.wait_for()
        assert tell_once(newspaper.telling) == 0
        held.let_go()
        thread.join()
        assert len(receiver.requests) == 1


class TestLanes:
    @pytest.fixture
    def running(self, newspaper: Newspaper) -> Iterator[list[Lane]]:
        """Both lanes, with four places each, and all the patience there is."""
        newspaper.telling = replace(newspaper.telling, limits=Limits(read_seconds=60, total_seconds=60))
        started = [Lane(newspaper.telling, slow=slow, under_way=4) for slow in (False, True)]
        for lane in started:
            lane.start()
        yield started
        for lane in started:
            lane.stop()

    @pytest.mark.usefixtures("running")
    def test_endpoints_that_hang_keep_nobody_else_waiting(self, newspaper: Newspaper, receiver: Receiver) -> None:
        held = Held()
        with receiving(held) as hanging:
            for path in ("/a", "/b", "/c"):
                newspaper.add(hanging.url(path))
            newspaper.give("sub_1")
            newspaper.give("sub_2")
            held.wait_for(4)
            quick = newspaper.add(receiver.url())
            newspaper.give("sub_3")
            wait_until(lambda: [one.state for one in newspaper.deliveries(quick)] == [State.DELIVERED])
            assert {one.state for one in newspaper.deliveries() if one.endpoint != quick} == {State.WAITING}
            held.let_go()
            wait_until(lambda: {one.state for one in newspaper.deliveries()} == {State.DELIVERED})

    def test_what_takes_long_stays_with_its_worker_while_that_one_lives(
        self, newspaper: Newspaper, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, running: list[Lane]
    ) -> None:
        monkeypatch.setattr(lanes, "BEAT_SECONDS", 0.1)
        held = receiver.reply = Held()
        newspaper.add(receiver.url())
        newspaper.give()
        held.wait_for()
        first = _leases(newspaper)
        wait_until(lambda: _leases(newspaper) != first)
        assert tell_once(newspaper.telling) == 0
        held.let_go()
        wait_until(lambda: newspaper.delivery().state is State.DELIVERED)
        assert len(receiver.requests) == 1
        assert running

    def test_end_after_what_is_under_way(self, newspaper: Newspaper, receiver: Receiver) -> None:
        held = receiver.reply = Held()
        lane = Lane(newspaper.telling, slow=False)
        newspaper.add(receiver.url())
        newspaper.give()
        lane.start()
        held.wait_for()
        threading.Timer(0.2, held.let_go).start()
        lane.stop(10)
        assert newspaper.delivery().state is State.DELIVERED

    def test_of_a_process_that_is_killed_leave_their_work_to_another(
        self, newspaper: Newspaper, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(claiming, "LEASE", timedelta(seconds=1))
        held = receiver.reply = Held()
        newspaper.add(receiver.url())
        newspaper.give()
        newspaper.database.close()
        killed = _fork_worker(newspaper)
        held.wait_for()
        os.kill(killed, signal.SIGKILL)
        os.waitpid(killed, 0)
        receiver.reply = plain(204)
        lane = Lane(newspaper.telling, slow=False)
        lane.start()
        wait_until(lambda: newspaper.delivery().state is State.DELIVERED)
        lane.stop()
        held.let_go()
        assert len(set(ids(receiver))) == 1
        assert len(receiver.requests) == 2


def _leases(newspaper: Newspaper) -> list[object]:
    return [row.leased_until for row in newspaper.rows(Delivery)]


def _fork_worker(newspaper: Newspaper) -> int:
    pid = os.fork()
    if pid == 0:
        lane = Lane(newspaper.telling, slow=False)
        lane.start()
        signal.pause()
    return pid
