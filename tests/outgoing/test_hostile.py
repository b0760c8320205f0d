"""Addresses that lead inwards are refused before anything is connected; the list is long, see `hostile`."""

import pytest

from paywall.outgoing.asking import NoAnswer, Outgoing
from paywall.outgoing.targets import AddressRefused
from tests.outgoing.hostile import HOSTILE, REBINDING, Hostile
from tests.outgoing.trying import try_all, try_one


class TestHostileAddresses:
    def test_there_are_more_than_forty(self) -> None:
        assert len({one.url for one in HOSTILE}) > 40

    @pytest.mark.parametrize("one", HOSTILE, ids=lambda one: one.what)
    def test_not_one_connection_goes_inwards(self, one: Hostile) -> None:
        outcome = try_one(one)
        assert outcome.inwards == []
        assert outcome.accepted == 0

    @pytest.mark.parametrize("one", [one for one in HOSTILE if one not in REBINDING], ids=lambda one: one.what)
    def test_they_are_refused_as_addresses_and_nothing_is_tried(self, one: Hostile) -> None:
        outcome = try_one(one)
        assert isinstance(outcome.error, AddressRefused)
        assert outcome.tried == []

    def test_a_name_that_changes_its_mind_is_asked_once_and_gains_nothing(self) -> None:
        later, earlier = (try_one(one) for one in REBINDING)
        assert (later.asked, later.tried, type(later.error)) == (1, [later.public_place], NoAnswer)
        assert (earlier.asked, earlier.tried, type(earlier.error)) == (1, [], AddressRefused)

    def test_a_redirect_inwards_is_an_answer_and_nothing_is_followed(self) -> None:
        outcome = try_all()
        assert outcome.redirects == len(outcome.redirect_statuses)
        assert outcome.connections == 0


class TestTheProof:
    """What finds nothing must be shown to find something."""

    def test_an_excepted_host_is_reached_by_the_same_way(self) -> None:
        outcome = try_one(HOSTILE[0], excepted=True)
        assert (outcome.accepted, outcome.error) == (1, None)
        assert len(outcome.inwards) == 1

    def test_a_sender_that_looks_at_nothing_is_caught(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("paywall.outgoing.targets.is_public", lambda _address: True)
        monkeypatch.setattr("paywall.outgoing.asking.is_public", lambda _address: True)
        monkeypatch.setattr("paywall.outgoing.asking.is_this_machine", lambda _address: False)
        assert try_all().connections > 10

    def test_our_own_public_address_is_ours_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("paywall.outgoing.targets.is_public", lambda _address: True)
        monkeypatch.setattr("paywall.outgoing.asking.is_public", lambda _address: True)
        with pytest.raises(AddressRefused):
            Outgoing().ask("GET", "http://127.0.0.1/")
