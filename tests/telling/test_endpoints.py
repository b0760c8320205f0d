"""Endpoints: added, listed, tried, switched off and on, removed; by nobody but their publisher."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from paywall.audit import AuditEntry
from paywall.errors import BadInput, NotFound
from paywall.outgoing.targets import AddressRefused
from paywall.publishers.setup import NewPublisher, set_up_publisher
from paywall.telling.attempting import ping
from paywall.telling.endpoints import (
    MOST,
    disable_endpoint,
    enable_endpoint,
    endpoint_of,
    remove_endpoint,
    rotate_secret,
)
from paywall.telling.tables import Endpoint
from tests.outgoing.receiver import Receiver, plain
from tests.racing import at_once
from tests.telling.newspaper import Newspaper, heard

GOOD = "https://news.example/hooks"


@pytest.fixture
def other(newspaper: Newspaper) -> int:
    """Another newspaper's id."""
    with newspaper.database.writing() as session:
        return set_up_publisher(session, NewPublisher("other", "The Other", "other.test")).id


class TestAdding:
    def test_sends_nothing(self, newspaper: Newspaper, receiver: Receiver) -> None:
        newspaper.add(receiver.url())
        assert newspaper.tell() == 0
        assert receiver.connections == 0

    def test_keeps_the_secret_where_the_database_alone_can_not_read_it(self, newspaper: Newspaper) -> None:
        endpoint = newspaper.add(GOOD)
        [row] = newspaper.rows(Endpoint)
        secret = newspaper.secrets[endpoint]
        assert secret.removeprefix("whsec_") not in repr(vars(row))
        assert newspaper.telling.safe.take_out(row.secret) == secret

    @pytest.mark.parametrize(
        "url",
        ["", "nonsense", "ftp://news.example/", "https://127.0.0.2/", "https://[::1]/", "https://news.example:22/"],
    )
    def test_refuses_addresses_that_lead_nowhere_good(self, newspaper: Newspaper, url: str) -> None:
        with pytest.raises(AddressRefused):
            newspaper.add(url)

    def test_refuses_what_is_told_in_the_open(self, newspaper: Newspaper) -> None:
        with pytest.raises(BadInput, match="https"):
            newspaper.add("http://news.example/")

    def test_of_some_who_add_an_address_at_once_adds_it_once(self, newspaper: Newspaper) -> None:
        assert at_once(lambda _: newspaper.add(GOOD)) == ["bad_input"] * 5 + ["done"]
        assert len(newspaper.rows(Endpoint)) == 1

    def test_refuses_an_address_twice_in_whatever_spelling(self, newspaper: Newspaper) -> None:
        newspaper.add(GOOD)
        with pytest.raises(BadInput, match="already"):
            newspaper.add("HTTPS://NEWS.example:443/hooks#here")

    def test_lets_two_newspapers_name_the_same_address(self, newspaper: Newspaper, other: int) -> None:
        assert newspaper.add(GOOD) != newspaper.add(GOOD, publisher_id=other)

    def test_refuses_events_that_there_are_not(self, newspaper: Newspaper) -> None:
        with pytest.raises(BadInput) as refused:
            newspaper.add(GOOD, turns=("access.granted", "access.stolen"))
        assert refused.value.field == "events"

    @pytest.mark.parametrize("description", ["x" * 201, "two\nlines", "a\x00b"])
    def test_refuses_an_odd_description(self, newspaper: Newspaper, description: str) -> None:
        with pytest.raises(BadInput) as refused:
            newspaper.add(GOOD, description=description)
        assert refused.value.field == "description"

    def test_has_an_end(self, newspaper: Newspaper) -> None:
        for number in range(MOST):
            newspaper.add(f"{GOOD}/{number}")
        with pytest.raises(BadInput, match="20"):
            newspaper.add(GOOD)


class TestTrying:
    def test_sends_a_signed_message_that_means_nothing_and_says_what_came_back(
        self, newspaper: Newspaper, receiver: Receiver
    ) -> None:
        receiver.reply = plain(202, b"welcome")
        endpoint = newspaper.add(receiver.url())
        outcome = ping(newspaper.telling, newspaper.publisher_id, endpoint)
        assert (outcome.status, outcome.answer, outcome.is_taken) == (202, "welcome", True)
        [told] = heard(receiver, newspaper.secrets[endpoint])
        assert (told["type"], told["data"]) == ("webhook.test", {})

    def test_is_no_event_and_no_delivery(self, newspaper: Newspaper, receiver: Receiver) -> None:
        receiver.reply = plain(410)
        endpoint = newspaper.add(receiver.url())
        assert not ping(newspaper.telling, newspaper.publisher_id, endpoint).is_taken
        assert (newspaper.events(), newspaper.deliveries()) == ([], [])
        assert newspaper.endpoint().disabled_because is None


class TestSwitchingOffAndOn:
    def test_what_waits_goes_out_when_it_is_on_again_and_what_was_missed_does_not(
        self, newspaper: Newspaper, receiver: Receiver
    ) -> None:
        endpoint = newspaper.add(receiver.url())
        newspaper.give("sub_1")
        [_waiting] = newspaper.claim_new()
        newspaper.due_now()
        with newspaper.database.writing() as session:
            disable_endpoint(session, endpoint_of(session, newspaper.publisher_id, endpoint), actor="test")
        newspaper.give("sub_2")
        assert newspaper.tell() == 0
        with newspaper.database.writing() as session:
            enable_endpoint(session, endpoint_of(session, newspaper.publisher_id, endpoint), actor="test")
        assert newspaper.tell() == 1
        assert [told["data"]["sourceId"] for told in heard(receiver, newspaper.secrets[endpoint])] == ["sub_1"]


class TestRemoving:
    def test_forgets_what_waits(self, newspaper: Newspaper, receiver: Receiver) -> None:
        endpoint = newspaper.add(receiver.url())
        newspaper.give()
        newspaper.claim_new()
        with newspaper.database.writing() as session:
            remove_endpoint(session, endpoint_of(session, newspaper.publisher_id, endpoint), actor="test")
        assert (newspaper.deliveries(), newspaper.rows(Endpoint)) == ([], [])


class TestOthers:
    def test_find_nothing(self, newspaper: Newspaper, other: int) -> None:
        endpoint = newspaper.add(GOOD)
        with pytest.raises(NotFound), newspaper.database.reading() as session:
            endpoint_of(session, other, endpoint)
        with pytest.raises(NotFound):
            ping(newspaper.telling, other, endpoint)


class TestTheAudit:
    def test_names_every_deed_and_no_address(self, newspaper: Newspaper) -> None:
        endpoint = newspaper.add(GOOD)
        for deed in (disable_endpoint, enable_endpoint, remove_endpoint):
            with newspaper.database.writing() as session:
                row = endpoint_of(session, newspaper.publisher_id, endpoint)
                if deed is disable_endpoint:
                    rotate_secret(newspaper.telling, session, row, overlap=timedelta(hours=1), actor="test")
                deed(session, row, actor="test")
        with newspaper.database.reading() as session:
            deeds = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [deed.action for deed in deeds] == [
            "webhook_added",
            "webhook_secret_rotated",
            "webhook_disabled",
            "webhook_enabled",
            "webhook_removed",
        ]
        assert {deed.subject for deed in deeds} == {f"webhook:{endpoint}"}
        assert "news.example" not in repr([deed.detail for deed in deeds])
