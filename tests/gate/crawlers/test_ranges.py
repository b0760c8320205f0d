"""Operators' ranges: what of a published file is taken, and what is refused; what holds, and for how long."""

import json
import ssl
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paywall import clock
from paywall.changes import ChangeFollower
from paywall.database import Database
from paywall.gate.crawlers.catalogue import OPERATORS
from paywall.gate.crawlers.ranges.holding import BELIEVED_FOR, Ranges
from paywall.gate.crawlers.ranges.reading import MOST_BYTES, RangesRefused, read_ranges
from paywall.gate.crawlers.ranges.refreshing import NotFetched, compare, fetch, keep
from paywall.gate.crawlers.ranges.sets import RangeSet
from paywall.gate.crawlers.rules import read_address
from tests.gate.crawlers.names import IN_GOOGLES_RANGES, RENTED
from tests.outgoing.certificates import Authority
from tests.outgoing.receiver import Receiver, plain, receiving

GOOGLE, DUCK = OPERATORS["google"], OPERATORS["duckduckgo"]


def published(*ranges: str) -> bytes:
    """Return a file as operators publish it."""
    prefixes = [{"ipv6Prefix" if ":" in one else "ipv4Prefix": one} for one in ranges]
    return json.dumps({"creationTime": "2026-11-01T00:00:00.000000", "prefixes": prefixes}).encode()


class TestAPublishedFile:
    def test_is_read_in_order_and_each_range_once(self) -> None:
        read = read_ranges(published("2001:4860:4801:10::/64", RENTED, "66.249.66.0/27", "66.249.66.0/27"))
        assert [str(one) for one in read] == [f"{RENTED}/32", "66.249.66.0/27", "2001:4860:4801:10::/64"]

    def test_may_hold_signs_that_nobody_sees(self) -> None:
        assert str(read_ranges(published("13.66.139.0/24\u200b"))[0]) == "13.66.139.0/24"

    @pytest.mark.parametrize(
        ("source", "said"),
        [
            (b"", "not JSON"), (b"<html>Moved</html>", "not JSON"), (b"\xff\xfe", "not JSON"), (b"[" * 100_000, "JSON"),
            (b"null", "no list"), (b"[]", "no list"), (b'{"prefixes": {}}', "no list"),
            (b'{"prefixes": []}', "empty"), (b'{"prefixes": [{}]}', "neither"),
            (b'{"prefixes": ["8.8.8.0/24"]}', "neither"),
            (b'{"prefixes": [{"ipv4Prefix": 7}]}', "neither"),
            (b'{"prefixes": [{"ipv4Prefix": "8.8.8.0/24", "ipv6Prefix": "2001:4860::/64"}]}', "neither"),
            (published("0.0.0.0/0"), "too wide"), (published("::/0"), "too wide"),
            (published("17.0.0.0/8"), "too wide"),
            (published("66.249.66.0/27", "8.0.0.0/9"), "too wide"), (published("2001::/16"), "too wide"),
            (published("127.0.0.1/32"), "not on the public"), (published("10.0.0.0/24"), "not on the public"),
            (published("192.168.1.0/24"), "not on the public"), (published("169.254.169.254/32"), "not on the public"),
            (published("fe80::/64"), "not on the public"), (published("::ffff:8.8.8.0/120"), "not on the public"),
            (published("224.0.0.0/24"), "not on the public"), (published("100.64.0.0/24"), "not on the public"),
            (published("66.249.66.7/27"), "no range"), (published("66.249.66.0/33"), "no range"),
            (published("google.com"), "no range"), (published("66.249.066.0/27"), "no range"),
            (published(""), "no range"),
            (published(*(f"17.{n}.0.0/16" for n in range(5))), "too many addresses"),
            (published(*(f"17.0.{n // 256}.{n % 256}/32" for n in range(5_001))), "more than 5,000"),
            (b" " * (MOST_BYTES + 1), "too large"),
        ],
    )  # fmt: skip
    def test_is_refused_whole_where_any_of_it_can_not_be_meant(self, source: bytes, said: str) -> None:
        with pytest.raises(RangesRefused, match=said):
            read_ranges(source)

    @given(st.one_of(st.binary(max_size=200), st.recursive(st.none() | st.text() | st.integers(), st.lists).map(
        lambda value: json.dumps({"prefixes": value}).encode())))  # fmt: skip
    def test_made_up_is_read_or_refused_and_nothing_else(self, source: bytes) -> None:
        with pytest.raises(RangesRefused):
            read_ranges(source)


class TestASetOfRanges:
    @given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(8, 32)), max_size=8), st.integers(0, 2**32 - 1))
    def test_has_an_address_exactly_where_one_of_them_has(self, made: list[tuple[int, int]], number: int) -> None:
        ranges = [ip_network((start, bits), strict=False) for start, bits in made]
        address = ip_address(number)
        assert (address in RangeSet(ranges)) == any(address in one for one in ranges)

    def test_never_takes_one_version_for_the_other(self) -> None:
        low = RangeSet([ip_network("0.0.0.0/16")])
        assert ip_address("0.0.0.1") in low
        assert ip_address("::1") not in low
        assert ip_address("::1") in RangeSet([ip_network("::/96")])


@pytest.fixture
def ranges(database: Database) -> Ranges:
    return Ranges(database)


def holds(ranges: Ranges, address: str, operator: str = "google") -> bool:
    read = read_address(address)
    assert read is not None
    return ranges.holds(OPERATORS[operator], read)


class TestWhatHolds:
    def test_at_first_is_what_came_with_us(self, ranges: Ranges) -> None:
        for address in (IN_GOOGLES_RANGES, "2001:4860:4801:10::1", f"::ffff:{IN_GOOGLES_RANGES}"):
            assert holds(ranges, address)
        assert not holds(ranges, RENTED)
        assert not holds(ranges, IN_GOOGLES_RANGES, "bing")
        assert holds(ranges, "157.55.39.1", "bing")

    def test_then_what_was_fetched_and_nothing_of_what_it_replaces(self, ranges: Ranges, database: Database) -> None:
        follower = ChangeFollower(database, [ranges.hear])
        with database.writing() as session:
            keep(session, GOOGLE, read_ranges(published(f"{RENTED}/32")), "a test", clock.wall())
        assert not holds(ranges, RENTED)
        follower.poll()  # as every process does
        assert holds(ranges, RENTED)
        assert not holds(ranges, IN_GOOGLES_RANGES)
        assert holds(ranges, "157.55.39.1", "bing")

    def test_is_fetched_again_in_the_place_of_what_was_fetched(self, ranges: Ranges, database: Database) -> None:
        for prefix in ("20.191.45.212/32", "20.73.202.147/32"):
            with database.writing() as session:
                keep(session, DUCK, read_ranges(published(prefix)), "a test", clock.wall())
        ranges.load()
        assert not holds(ranges, "20.191.45.212", "duckduckgo")
        assert holds(ranges, "20.73.202.147", "duckduckgo")

    def test_is_not_believed_for_ever(self, ranges: Ranges, database: Database) -> None:
        long_ago = clock.wall() - BELIEVED_FOR - timedelta(minutes=1)
        with database.writing() as session:
            keep(session, DUCK, read_ranges(published("20.191.45.212/32")), "a test", long_ago)
        ranges.load()
        assert not holds(ranges, "20.191.45.212", "duckduckgo")

    def test_came_with_us_where_what_was_fetched_is_older(self, ranges: Ranges, database: Database) -> None:
        with database.writing() as session:
            keep(
                session, GOOGLE, read_ranges(published(f"{RENTED}/32")), "a test", clock.wall() - timedelta(days=3_000)
            )
        ranges.load()
        assert holds(ranges, IN_GOOGLES_RANGES)
        assert not holds(ranges, RENTED)

    def test_came_with_us_where_what_is_kept_makes_no_sense(self, ranges: Ranges, database: Database) -> None:
        for bad in ("0.0.0.0/0", "10.0.0.0/24"):
            with database.writing() as session:
                keep(session, GOOGLE, (ip_network(bad),), "somebody's hand", clock.wall())
            ranges.load()
            assert holds(ranges, IN_GOOGLES_RANGES)
            assert not holds(ranges, "10.0.0.7")


def test_what_has_changed_is_told() -> None:
    held, fetched = (
        read_ranges(published("8.8.8.0/24", "8.8.4.0/24")),
        read_ranges(published("8.8.8.0/24", "9.9.9.0/24")),
    )
    assert [list(map(str, ranges)) for ranges in compare(held, fetched)] == [["9.9.9.0/24"], ["8.8.4.0/24"]]


class TestFetching:
    @pytest.fixture
    def authority(self, tmp_path: Path) -> Authority:
        return Authority(tmp_path)

    @pytest.fixture
    def operator(self, authority: Authority) -> Iterator[Receiver]:
        with receiving(plain(200, published("66.249.66.0/27")), authority.serving("localhost")) as server:
            yield server

    @pytest.fixture
    def client(self, authority: Authority) -> Iterator[httpx.Client]:
        with httpx.Client(verify=authority.trusting(), timeout=30) as client:
            yield client

    def url(self, operator: Receiver) -> str:
        return f"https://localhost:{operator.port}/ranges.json"

    def test_takes_what_is_published(self, operator: Receiver, client: httpx.Client) -> None:
        assert [str(one) for one in fetch(self.url(operator), client)] == ["66.249.66.0/27"]

    def test_is_never_done_in_the_clear(self, client: httpx.Client) -> None:
        with receiving(plain(200, published("66.249.66.0/27"))) as server:
            with pytest.raises(RangesRefused, match="https"):
                fetch(server.url(), client)
            assert server.connections == 0

    def test_asks_nobody_whose_certificate_is_not_trusted(self, operator: Receiver) -> None:
        with httpx.Client(verify=ssl.create_default_context()) as stranger, pytest.raises(NotFetched):
            fetch(self.url(operator), stranger)
        assert operator.requests == []

    @pytest.mark.parametrize("status", [301, 302, 404, 500, 204])
    def test_follows_nothing_and_takes_only_a_whole_answer(
        self, operator: Receiver, client: httpx.Client, status: int
    ) -> None:
        operator.reply = plain(status, published("66.249.66.0/27"), Location=self.url(operator))
        with pytest.raises(NotFetched, match=str(status)):
            fetch(self.url(operator), client)
        assert len(operator.requests) == 1

    def test_stops_at_what_is_far_too_large(self, operator: Receiver, client: httpx.Client) -> None:
        operator.reply = plain(200, b" " * (MOST_BYTES + 200_000))
        with pytest.raises(RangesRefused, match="too large"):
            fetch(self.url(operator), client)

    def test_waits_for_nobody_who_is_not_there(self, client: httpx.Client) -> None:
        with receiving() as gone:
            port = gone.port
        with pytest.raises(NotFetched):
            fetch(f"https://localhost:{port}/ranges.json", client)
