"""Each change of access reaches each endpoint that wants it, and what an answer means."""

from datetime import timedelta

import pytest

from paywall import clock
from paywall.notices import open_notices
from paywall.publishers.setup import NewPublisher, set_up_publisher
from paywall.telling.rules import State, Why
from tests.outgoing.receiver import Receiver, Request, Write, plain
from tests.telling.newspaper import Newspaper, heard


class TestAChangeOfAccess:
    def test_is_told_once_with_all_that_a_publisher_needs(self, newspaper: Newspaper, receiver: Receiver) -> None:
        endpoint = newspaper.add(receiver.url())
        newspaper.give()
        assert (newspaper.tell(), newspaper.tell()) == (1, 0)
        [told] = heard(receiver, newspaper.secrets[endpoint])
        until = newspaper.right_row().valid_until.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        assert told["type"] == "access.granted"
        assert told["data"] == {
            "readerId": str(newspaper.reader_id),
            "sequence": 1,
            "source": "subscription",
            "sourceId": "sub_1",
            "reason": "subscribed",
            "validUntil": until,
            "hasAccess": True,
            "accessUntil": until,
        }

    def test_is_told_to_every_endpoint_that_wants_to_hear_of_it(self, newspaper: Newspaper, receiver: Receiver) -> None:
        newspaper.add(receiver.url("/all"))
        newspaper.add(receiver.url("/ends"), turns=("access.ended", "access.suspended"))
        newspaper.give()
        newspaper.take_back()
        assert newspaper.tell() == 3
        assert sorted(request.path for request in receiver.requests) == ["/all", "/all", "/ends"]

    def test_carries_no_address_unless_the_endpoint_asks_for_it(self, newspaper: Newspaper, receiver: Receiver) -> None:
        newspaper.add(receiver.url("/without"))
        newspaper.add(receiver.url("/with"), with_email=True)
        newspaper.give()
        newspaper.tell()
        told = {request.path: request.body for request in receiver.requests}
        assert b"example.org" not in told["/without"]
        assert b'"email":"reader@example.org"' in told["/with"]

    def test_is_not_told_to_another_publishers_endpoint(self, newspaper: Newspaper, receiver: Receiver) -> None:
        with newspaper.database.writing() as session:
            other = set_up_publisher(session, NewPublisher("other", "The Other", "other.test")).id
        newspaper.add(receiver.url(), publisher_id=other)
        newspaper.give()
        assert newspaper.tell() == 0
        assert receiver.requests == []

    def test_waits_for_nobody_where_nobody_listens(self, newspaper: Newspaper) -> None:
        newspaper.give()
        assert newspaper.tell() == 0
        assert [event.is_passed_on for event in newspaper.events()] == [True]

    def test_no_transaction_is_open_while_the_endpoint_thinks(self, newspaper: Newspaper, receiver: Receiver) -> None:
        def write_meanwhile(request: Request, write: Write) -> None:
            newspaper.give("sub_2")  # would wait for ever if the claim were still open
            plain(200)(request, write)

        newspaper.add(receiver.url())
        newspaper.give()
        receiver.reply = write_meanwhile
        [claim] = newspaper.claim_new()
        newspaper.attempt(claim)
        assert len(newspaper.events()) == 2


class TestAnAnswer:
    @pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
    def test_of_2xx_means_that_it_was_taken(self, newspaper: Newspaper, receiver: Receiver, status: int) -> None:
        receiver.reply = plain(status)
        newspaper.add(receiver.url())
        newspaper.give()
        newspaper.tell()
        assert newspaper.delivery().state is State.DELIVERED

    @pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308, 400, 401, 404, 409, 429, 500, 502, 503])
    def test_of_any_other_kind_means_that_it_was_not(
        self, newspaper: Newspaper, receiver: Receiver, status: int
    ) -> None:
        receiver.reply = plain(status, b"" if status == 304 else b"no", Location=receiver.url("/elsewhere"))
        newspaper.add(receiver.url())
        newspaper.give()
        newspaper.tell()
        found = newspaper.delivery()
        assert (found.state, [one.status for one in found.attempts]) == (State.WAITING, [status])
        assert [request.path for request in receiver.requests] == ["/hooks"], "nothing is followed"

    def test_is_kept_as_it_began_for_people_to_read(self, newspaper: Newspaper, receiver: Receiver) -> None:
        receiver.reply = plain(500, b"Das tut mir leid \x1b[31m\x00" + b"x" * 5000)
        newspaper.add(receiver.url())
        newspaper.give()
        newspaper.tell()
        [tried] = newspaper.delivery().attempts
        assert tried.answer.startswith("Das tut mir leid [31mxx")
        assert len(tried.answer) <= 500

    def test_of_410_ends_it_and_disables_the_endpoint(self, newspaper: Newspaper, receiver: Receiver) -> None:
        receiver.reply = plain(410)
        endpoint = newspaper.add(receiver.url())
        newspaper.give()
        newspaper.tell()
        assert newspaper.delivery().state is State.GIVEN_UP
        assert newspaper.endpoint().disabled_because == Why.GONE
        with newspaper.database.reading() as session:
            [notice] = open_notices(session)
        assert (notice.kind, notice.publisher_id) == ("webhook_disabled", newspaper.publisher_id)
        assert notice.detail == {"endpoint": endpoint, "because": Why.GONE}
        newspaper.take_back()
        newspaper.due_now()
        assert newspaper.tell() == 0

    def test_that_asks_for_patience_gets_it(self, newspaper: Newspaper, receiver: Receiver) -> None:
        receiver.reply = plain(503, Retry_After="3600")
        newspaper.add(receiver.url())
        newspaper.give()
        newspaper.tell()
        due_at = newspaper.delivery().due_at
        assert due_at is not None
        assert timedelta(minutes=59) < due_at - clock.wall() <= timedelta(minutes=60)
        newspaper.take_back()
        assert newspaper.tell() == 0, "nothing else is sent there meanwhile"
