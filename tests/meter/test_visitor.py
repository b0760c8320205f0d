"""The visitor's cookie and the network's key."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paywall.meter.visitor import mint, network_key, read, visitor_key

SECRET = "a secret of this test, long enough"
KEY = visitor_key(SECRET)
BROWSER = "Mozilla/5.0 (X11; Linux x86_64)"


class TestAVisitorsCookie:
    def test_names_the_visitor_it_was_minted_for(self) -> None:
        value = mint(KEY)
        visitor = read(KEY, value)
        assert visitor == read(KEY, value.encode())
        assert re.fullmatch(r"1\.[\w-]{22}\.[\w-]{22}", value)
        assert visitor == value.split(".")[1]

    def test_is_new_each_time(self) -> None:
        assert len({read(KEY, mint(KEY)) for _ in range(100)}) == 100

    def test_is_nothing_to_another_secret(self) -> None:
        assert read(visitor_key("another"), mint(KEY)) is None

    @pytest.mark.parametrize("place", range(47))
    def test_is_nothing_with_one_character_changed(self, place: int) -> None:
        value = mint(KEY)
        for other in "A.2-é":
            changed = value[:place] + other + value[place + 1 :]
            assert read(KEY, changed) == (read(KEY, value) if changed == value else None)

    @pytest.mark.parametrize(
        "value", ["", ".", "..", "1..", "0", "1" * 47, "é" * 47, "\x00" * 47, "\ud800" * 47, b"\xff" * 47, "x" * 5000]
    )
    def test_is_never_hostile_input(self, value: str | bytes) -> None:
        assert read(KEY, value) is None

    @given(st.one_of(st.text(), st.binary(), st.text(min_size=47, max_size=47), st.binary(min_size=47, max_size=47)))
    def test_is_never_anything_made_up(self, value: str | bytes) -> None:
        assert read(KEY, value) is None


class TestANetworksKey:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("203.0.113.7", "203.0.113.250"),
            ("203.0.113.7", "::ffff:203.0.113.9"),
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"),
            ("fe80::1%eth0", "fe80::2"),
        ],
    )
    def test_is_one_for_a_network(self, one: str, other: str) -> None:
        assert network_key(SECRET, one, BROWSER) == network_key(SECRET, other, BROWSER)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("203.0.113.7", "203.0.114.7"),
            ("2001:db8:1:2::1", "2001:db8:1:3::1"),
            ("0.0.0.1", "::1"),
            ("", "0.0.0.0"),  # noqa: S104 - an address to compare, none to listen on
        ],
    )
    def test_differs_between_networks(self, one: str, other: str) -> None:
        assert network_key(SECRET, one, BROWSER) != network_key(SECRET, other, BROWSER)

    def test_differs_between_browsers_and_secrets(self) -> None:
        keys = {
            network_key(SECRET, "203.0.113.7", BROWSER),
            network_key(SECRET, "203.0.113.7", BROWSER + " Firefox"),
            network_key("another", "203.0.113.7", BROWSER),
        }
        assert len(keys) == 3

    @given(st.text(), st.text())
    def test_takes_any_address_and_user_agent(self, address: str, user_agent: str) -> None:
        assert re.fullmatch(r"[\w-]{22}", network_key(SECRET, address, user_agent))
