"""A message that means nothing: sent to try an endpoint, by the same way as all others."""

import pytest

from paywall.telling.endpoints import disable_endpoint, endpoint_of, remove_endpoint
from paywall.telling.passing_on import Paused, send_test
from paywall.telling.rules import State
from tests.outgoing.receiver import Receiver, plain
from tests.telling.newspaper import Newspaper, heard, ids


def try_it(newspaper: Newspaper, endpoint: str) -> int:
    with newspaper.database.writing() as session:
        return send_test(session, endpoint_of(session, newspaper.publisher_id, endpoint))


class TestATestMessage:
    def test_arrives_signed_and_speaks_of_nobody(self, newspaper: Newspaper, receiver: Receiver) -> None:
        endpoint = newspaper.add(receiver.url(), with_email=True)
        try_it(newspaper, endpoint)
        assert newspaper.tell() == 1
        [message] = heard(receiver, newspaper.secrets[endpoint])
        assert (message["type"], message["data"]) == ("webhook.test", {})

    def test_is_a_delivery_among_the_others(self, newspaper: Newspaper, receiver: Receiver) -> None:
        endpoint = newspaper.add(receiver.url())
        newspaper.give()
        newspaper.tell()
        number = try_it(newspaper, endpoint)
        newspaper.tell()
        found = newspaper.deliveries()[-1]
        assert (found.number, found.turn, found.reader_id) == (number, "webhook.test", None)
        assert (found.state, len(newspaper.deliveries())) == (State.DELIVERED, 2)

    def test_goes_also_to_who_hears_of_something_else_only(self, newspaper: Newspaper, receiver: Receiver) -> None:
        try_it(newspaper, newspaper.add(receiver.url(), turns=("access.ended",)))
        assert newspaper.tell() == 1

    def test_that_is_not_taken_is_sent_again_under_the_same_id(self, newspaper: Newspaper, receiver: Receiver) -> None:
        receiver.reply = plain(500)
        endpoint = newspaper.add(receiver.url())
        try_it(newspaper, endpoint)
        newspaper.tell()
        newspaper.due_now()
        newspaper.tell()
        assert (len(ids(receiver)), len(set(ids(receiver)))) == (2, 1)
        assert [one.status for one in newspaper.delivery().attempts] == [500, 500]

    def test_has_an_id_of_its_own_also_after_an_earlier_one_went_with_its_endpoint(
        self, newspaper: Newspaper, receiver: Receiver
    ) -> None:
        for _ in range(2):
            endpoint = newspaper.add(receiver.url())
            try_it(newspaper, endpoint)
            newspaper.tell()
            with newspaper.database.writing() as session:
                remove_endpoint(session, endpoint_of(session, newspaper.publisher_id, endpoint), actor="test")
        assert len(set(ids(receiver))) == 2

    def test_is_not_sent_to_who_is_told_nothing(self, newspaper: Newspaper, receiver: Receiver) -> None:
        endpoint = newspaper.add(receiver.url())
        with newspaper.database.writing() as session:
            disable_endpoint(session, endpoint_of(session, newspaper.publisher_id, endpoint), actor="test")
        with pytest.raises(Paused):
            try_it(newspaper, endpoint)
        assert (newspaper.deliveries(), receiver.requests) == ([], [])
