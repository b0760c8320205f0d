"""A reader who is erased: what ended by it is told as any other end, by a number that names nobody."""

from datetime import timedelta

import pytest

from paywall.entitlements.rules import Source
from paywall.readers.accounts import WorksHere, make_staff
from paywall.readers.tables import Reader
from paywall.readership.forgetting import erasing
from tests.outgoing.receiver import Receiver
from tests.telling.newspaper import SECRET_KEY, Newspaper, heard


def erase(newspaper: Newspaper) -> None:
    with newspaper.database.writing() as session:
        erasing(SECRET_KEY)(session, [session.get_one(Reader, newspaper.reader_id)])


class TestErasingAReader:
    def test_tells_outside_that_access_has_ended(self, newspaper: Newspaper, receiver: Receiver) -> None:
        endpoint = newspaper.add(receiver.url())
        newspaper.give("sub_1")
        newspaper.give("comp_1", source=Source.COMP)
        erase(newspaper)
        newspaper.tell()
        said = sorted(
            (one["data"]["sequence"], one["type"], one["data"]["sourceId"], one["data"]["hasAccess"])
            for one in heard(receiver, newspaper.secrets[endpoint])
        )
        assert said[2:] == [(3, "access.ended", "sub_1", True), (4, "access.ended", "comp_1", False)]

    def test_tells_nothing_of_who_it_was(self, newspaper: Newspaper, receiver: Receiver) -> None:
        endpoint = newspaper.add(receiver.url(), with_email=True)
        newspaper.give()
        erase(newspaper)
        newspaper.tell()
        said = heard(receiver, newspaper.secrets[endpoint])
        assert [one["data"]["email"] for one in said] == [None, None]
        assert not any(b"reader@example.org" in one.body for one in receiver.requests)

    def test_tells_of_a_suspended_right_too(self, newspaper: Newspaper) -> None:
        newspaper.give()
        newspaper.give(suspended=True)
        erase(newspaper)
        assert newspaper.turns() == ["granted", "suspended", "ended"]

    def test_tells_nothing_of_what_had_ended_before(self, newspaper: Newspaper) -> None:
        newspaper.give()
        newspaper.take_back()
        erase(newspaper)
        assert newspaper.turns() == ["granted", "ended"]

    def test_that_is_refused_tells_nothing(self, newspaper: Newspaper) -> None:
        newspaper.give()
        with newspaper.database.writing() as session:
            make_staff(session, newspaper.reader_id, is_staff=True)
        with pytest.raises(WorksHere):
            erase(newspaper)
        assert (newspaper.turns(), newspaper.right_row().end_is_told) == (["granted"], False)


class TestAReaderWhoIsErased:
    def test_is_given_nothing_back_by_what_is_heard_later(self, newspaper: Newspaper) -> None:
        newspaper.give()
        erase(newspaper)
        ended_at = newspaper.right_row().valid_until
        newspaper.give(valid_until=ended_at + timedelta(days=20))
        newspaper.give("sub_2")
        assert (newspaper.turns(), newspaper.right_row().valid_until) == (["granted", "ended"], ended_at)
