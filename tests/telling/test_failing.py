"""What is not taken is sent again for three days; who takes nothing for so long is disabled."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from paywall import clock
from paywall.notices import open_notices
from paywall.outgoing.asking import Outgoing
from paywall.safe import Safe
from paywall.telling.attempting import _LOST
from paywall.telling.rules import DELAYS, FAILING_FOR, State, Why
from paywall.telling.tables import Endpoint
from tests.engines import free_port
from tests.outgoing.receiver import Receiver, plain
from tests.telling.newspaper import DAY, Newspaper, heard, ids


class TestAFailure:
    def test_is_tried_again_on_the_schedule_and_given_up_after_it(
        self, newspaper: Newspaper, receiver: Receiver
    ) -> None:
        receiver.reply = plain(500)
        newspaper.add(receiver.url())
        newspaper.give()
        waits = []
        for _ in range(len(DELAYS) + 1):
            assert newspaper.tell() == 1
            due_at = newspaper.delivery().due_at
            waits.append(due_at - clock.wall() if due_at else None)
            _clear_failing(newspaper)
            newspaper.due_now()
        assert newspaper.tell() == 0
        assert newspaper.delivery().state is State.GIVEN_UP
        assert waits[-1] is None
        for wait, delay in zip(waits[:-1], DELAYS, strict=True):
            assert wait is not None
            assert delay - timedelta(seconds=5) <= wait <= delay * 1.2
        assert len(set(ids(receiver))) == 1, "the id stays"

    def test_that_is_over_sends_what_waited(self, newspaper: Newspaper, receiver: Receiver) -> None:
        receiver.reply = plain(500)
        endpoint = newspaper.add(receiver.url())
        newspaper.give()
        newspaper.tell()
        receiver.reply = plain(204)
        newspaper.due_now()
        assert newspaper.tell() == 1
        assert newspaper.delivery().state is State.DELIVERED
        assert newspaper.endpoint().failing_since is None
        assert len(heard(receiver, newspaper.secrets[endpoint])) == 2

    def test_of_three_days_disables_the_endpoint_and_tells_an_admin_once(
        self, newspaper: Newspaper, receiver: Receiver
    ) -> None:
        receiver.reply = plain(500)
        newspaper.add(receiver.url())
        newspaper.give()
        newspaper.give("sub_2")
        newspaper.tell()
        newspaper.time_passes(FAILING_FOR)
        newspaper.due_now()
        assert newspaper.tell() == 1, "the first failure after three days is the last"
        assert newspaper.endpoint().disabled_because == Why.FAILING
        with newspaper.database.reading() as session:
            assert [notice.kind for notice in open_notices(session)] == ["webhook_disabled"]

    def test_an_endpoint_that_takes_one_thing_in_three_days_stays(
        self, newspaper: Newspaper, receiver: Receiver
    ) -> None:
        receiver.reply = plain(500)
        newspaper.add(receiver.url())
        newspaper.give()
        newspaper.tell()
        newspaper.time_passes(FAILING_FOR - timedelta(hours=1))
        receiver.reply = plain(204)
        newspaper.due_now()
        newspaper.tell()
        newspaper.time_passes(DAY)
        receiver.reply = plain(500)
        newspaper.take_back()
        newspaper.tell()
        assert newspaper.endpoint().disabled_because is None

    @pytest.mark.parametrize("what", ["nobody listens", "a private address", "another deployment's secret"])
    def test_without_an_answer_says_why(self, newspaper: Newspaper, receiver: Receiver, what: str) -> None:
        newspaper.add(f"http://127.0.0.1:{free_port()}/" if what == "nobody listens" else receiver.url())
        newspaper.give()
        if what == "a private address":
            newspaper.telling = replace(newspaper.telling, outgoing=Outgoing(ports={receiver.port}))
        if what == "another deployment's secret":
            newspaper.telling = replace(
                newspaper.telling, safe=Safe("another secret, as long as it must be", "webhooks")
            )
        newspaper.tell()
        [tried] = newspaper.delivery().attempts
        words = {
            "nobody listens": "The connection was refused.",
            "a private address": "That address is not on the public internet.",
            "another deployment's secret": _LOST,
        }
        assert (tried.status, tried.error) == (None, words[what])
        assert receiver.connections == 0

    def test_of_a_name_that_leads_inwards_by_now_connects_to_nothing(
        self, newspaper: Newspaper, receiver: Receiver
    ) -> None:
        """The address was public when the endpoint was added."""
        newspaper.telling = replace(
            newspaper.telling, outgoing=Outgoing(resolve=lambda _host, _port: ["127.0.0.1"], ports={443, receiver.port})
        )
        newspaper.add(f"https://hooks.example:{receiver.port}/")
        newspaper.give()
        newspaper.tell()
        [tried] = newspaper.delivery().attempts
        assert tried.error == "That host leads to an address that is not on the public internet."
        assert receiver.connections == 0

    def test_endpoints_that_fail_again_and_again_are_left_in_peace_for_a_while(
        self, newspaper: Newspaper, receiver: Receiver
    ) -> None:
        receiver.reply = plain(500)
        newspaper.add(receiver.url())
        for number in range(20):
            newspaper.give(f"sub_{number}")
        assert newspaper.tell() == 3, "the other seventeen wait without an attempt"


def _clear_failing(newspaper: Newspaper) -> None:
    """Forget since when it fails: this is about one delivery."""
    with newspaper.database.writing() as session:
        for endpoint in session.scalars(select(Endpoint)):
            endpoint.failing_since = None
