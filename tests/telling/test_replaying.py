"""Telling again: one delivery, or all since a time; and forgetting what is old."""

from datetime import timedelta

import pytest

from paywall import clock
from paywall.errors import NotFound
from paywall.telling import passing_on
from paywall.telling.endpoints import endpoint_of
from paywall.telling.passing_on import replay, replay_since
from paywall.telling.rules import State
from paywall.telling.sweeping import sweep
from paywall.telling.tables import Attempt, Endpoint
from tests.outgoing.receiver import Receiver, plain
from tests.telling.newspaper import DAY, Newspaper, ids, numbers


def again(newspaper: Newspaper, number: int, endpoint: str | None = None) -> None:
    with newspaper.database.writing() as session:
        named = endpoint or newspaper.deliveries()[0].endpoint
        replay(session, endpoint_of(session, newspaper.publisher_id, named), number)


def again_since(newspaper: Newspaper, endpoint: str, ago: timedelta) -> int:
    return replay_since(newspaper.database, newspaper.publisher_id, endpoint, clock.wall() - ago)


class TestOneDelivery:
    def test_is_sent_again_under_the_same_id(self, newspaper: Newspaper, receiver: Receiver) -> None:
        newspaper.add(receiver.url())
        newspaper.give()
        newspaper.tell()
        again(newspaper, newspaper.delivery().number)
        assert newspaper.tell() == 1
        assert len(set(ids(receiver))) == 1
        assert len(newspaper.delivery().attempts) == 2

    def test_that_was_given_up_begins_anew(self, newspaper: Newspaper, receiver: Receiver) -> None:
        receiver.reply = plain(500)
        newspaper.add(receiver.url())
        newspaper.give()
        newspaper.tell()
        newspaper.time_passes(4 * DAY)
        newspaper.due_now()
        newspaper.tell()
        assert newspaper.delivery().state is State.GIVEN_UP
        again(newspaper, newspaper.delivery().number)
        found = newspaper.delivery()
        assert found.state is State.WAITING
        assert clock.wall() - found.began_at < timedelta(minutes=1)

    def test_of_another_endpoint_is_not_found(self, newspaper: Newspaper, receiver: Receiver) -> None:
        newspaper.add(receiver.url())
        newspaper.give()
        newspaper.tell()
        other = newspaper.add(receiver.url("/other"))
        with pytest.raises(NotFound):
            again(newspaper, newspaper.delivery().number, other)

    def test_while_an_attempt_is_under_way_is_sent_all_the_same(self, newspaper: Newspaper, receiver: Receiver) -> None:
        newspaper.add(receiver.url())
        newspaper.give()
        [claim] = newspaper.claim_new()
        again(newspaper, newspaper.delivery().number)
        newspaper.attempt(claim)
        assert newspaper.delivery().state is State.WAITING
        assert newspaper.tell() == 1


class TestAllSinceATime:
    def test_comes_with_what_was_heard_and_what_was_not(self, newspaper: Newspaper, receiver: Receiver) -> None:
        newspaper.give("sub_1")
        newspaper.tell()
        endpoint = newspaper.add(receiver.url())
        newspaper.give("sub_2")
        newspaper.tell()
        assert numbers(receiver) == [2]
        assert again_since(newspaper, endpoint, timedelta(hours=1)) == 2
        assert newspaper.tell() == 2
        assert sorted(numbers(receiver)) == [1, 2, 2]

    def test_may_be_more_than_fits_into_one_transaction(
        self, newspaper: Newspaper, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(passing_on, "_AT_ONCE", 2)
        endpoint = newspaper.add(receiver.url())
        for number in range(5):
            newspaper.give(f"sub_{number}")
        assert again_since(newspaper, endpoint, DAY) == 5

    def test_leaves_out_what_is_older_and_what_is_not_wanted(self, newspaper: Newspaper, receiver: Receiver) -> None:
        endpoint = newspaper.add(receiver.url(), turns=("access.granted",))
        newspaper.give("sub_1")
        newspaper.time_passes(2 * DAY)
        newspaper.give("sub_2")
        newspaper.take_back("sub_2")
        assert again_since(newspaper, endpoint, DAY) == 1


class TestForgetting:
    def test_takes_what_is_older_than_thirty_days(self, newspaper: Newspaper, receiver: Receiver) -> None:
        newspaper.add(receiver.url())
        newspaper.give()
        newspaper.take_back()
        newspaper.tell()
        newspaper.time_passes(31 * DAY)
        newspaper.give("sub_2")
        newspaper.tell()
        self.sweep(newspaper)
        assert [event.sequence for event in newspaper.events()] == [3]
        assert len(newspaper.deliveries()) == len(newspaper.rows(Attempt)) == 1

    def test_leaves_a_readers_last_event_so_that_numbers_go_on(self, newspaper: Newspaper, receiver: Receiver) -> None:
        newspaper.add(receiver.url())
        newspaper.give()
        newspaper.take_back()
        newspaper.time_passes(31 * DAY)
        self.sweep(newspaper)
        newspaper.give("sub_2")
        assert [event.sequence for event in newspaper.events()] == [2, 3]

    def test_takes_old_secrets_whose_time_is_over(self, newspaper: Newspaper, receiver: Receiver) -> None:
        newspaper.add(receiver.url())
        with newspaper.database.writing() as session:
            row = session.get_one(Endpoint, 1)
            row.old_secret, row.old_secret_until = row.secret, clock.wall()
        self.sweep(newspaper)
        assert [row.old_secret for row in newspaper.rows(Endpoint)] == [None]

    def sweep(self, newspaper: Newspaper) -> None:
        with newspaper.database.writing() as session:
            sweep(session, clock.wall())
