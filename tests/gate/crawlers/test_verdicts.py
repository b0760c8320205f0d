"""Verdicts come from memory, look-ups happen beside them, and neither floods nor dead name servers are in the way."""

import os
from collections.abc import Callable
from threading import Event

import pytest

from paywall.database import Database
from paywall.gate.crawlers.catalogue import OPERATORS
from paywall.gate.crawlers.errands import Errands
from paywall.gate.crawlers.lookups import Outcome
from paywall.gate.crawlers.memory import FRESH_SECONDS, GOOD_SECONDS, Memory
from paywall.gate.crawlers.ranges.holding import Ranges
from paywall.gate.crawlers.rules import read_address
from paywall.gate.crawlers.verdicts import Crawlers
from tests.gate.crawlers.names import BINGBOT, GOOGLEBOT, IN_GOOGLES_RANGES, NAME, RENTED, Names, until


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def names() -> Names:
    return Names()


@pytest.fixture
def crawlers(sqlite_url: str, names: Names, clock: Clock) -> Crawlers:
    return Crawlers(Ranges(Database(sqlite_url)), names, clock)


@pytest.fixture
def verify(crawlers: Crawlers) -> Callable[..., str | None]:
    """Return the name of the crawler, as it is known at once."""

    def verify(address: str = RENTED, user_agent: str = GOOGLEBOT) -> str | None:
        found = crawlers.verify(address, user_agent)
        return found and found.name  # type: ignore[return-value]

    return verify


@pytest.fixture
def known(crawlers: Crawlers, verify: Callable[..., str | None]) -> Callable[[], str | None]:
    """Return what is known once every look-up has come to its end: only then is the next one a new one."""

    def known() -> str | None:
        verify()
        until(crawlers.errands.are_done)
        return verify()

    return known


Verify = Callable[..., str | None]
Known = Callable[[], str | None]


class TestByRanges:
    def test_a_crawler_is_known_at_once_and_nobody_is_asked(self, verify: Verify, names: Names) -> None:
        assert verify(IN_GOOGLES_RANGES) == "google"
        assert verify(f"::ffff:{IN_GOOGLES_RANGES}") == "google"
        assert verify("2001:4860:4801:10::1") == "google"
        assert names.asked == []

    def test_who_claims_nothing_is_nobody_wherever_they_call_from(self, verify: Verify, names: Names) -> None:
        assert verify(IN_GOOGLES_RANGES, "Mozilla/5.0 Firefox/139.0") is None
        assert verify(IN_GOOGLES_RANGES, "") is None
        assert verify(RENTED, "") is None
        assert names.asked == []

    def test_one_operator_s_address_is_not_another_s(self, verify: Verify) -> None:
        assert verify(IN_GOOGLES_RANGES, BINGBOT) is None

    @pytest.mark.parametrize("address", ["", "unknown", "66.249.66.1, 1.2.3.4", "é"])
    def test_what_is_no_address_is_nobody_s(self, verify: Verify, names: Names, address: str) -> None:
        assert verify(address) is None
        assert names.asked == []

    def test_an_operator_without_names_is_known_by_ranges_alone(self, verify: Verify, names: Names) -> None:
        assert verify(RENTED, "DuckDuckBot/1.1") is None
        assert names.asked == []


class TestByName:
    def test_the_first_request_is_a_visitor_s_the_next_one_the_crawler_s(self, verify: Verify, names: Names) -> None:
        names.go.clear()
        assert verify() is None
        assert verify() is None  # still no answer, and still nobody waits
        names.go.set()
        until(verify)
        assert verify() == "google"
        assert names.asked == [RENTED, NAME]

    def test_who_plays_one_stays_a_visitor_and_is_left_alone(self, known: Known, names: Names, clock: Clock) -> None:
        names.there.clear()
        for _ in range(20):
            assert known() is None
        assert len(names.asked) == 2
        clock.now += FRESH_SECONDS[Outcome.REFUSED] + 1
        assert known() is None
        assert len(names.asked) == 4

    def test_a_verdict_is_asked_for_again_before_it_ends(
        self, verify: Verify, known: Known, names: Names, clock: Clock
    ) -> None:
        assert known() == "google"
        clock.now += FRESH_SECONDS[Outcome.CONFIRMED] + 1
        names.go.clear()
        assert verify() == "google"  # while it is asked about again
        names.go.set()
        until(lambda: len(names.asked) == 4)

    def test_who_is_no_longer_genuine_is_shut_out(self, known: Known, names: Names, clock: Clock) -> None:
        assert known() == "google"
        names.there.clear()
        clock.now += FRESH_SECONDS[Outcome.CONFIRMED] + 1
        assert known() is None

    def test_failing_name_servers_shut_nobody_out_for_a_day(self, known: Known, names: Names, clock: Clock) -> None:
        assert known() == "google"
        names.failing.add(RENTED)
        clock.now += GOOD_SECONDS - 1
        assert known() == "google"
        assert len(names.asked) == 3
        clock.now += 2
        assert known() is None

    def test_one_that_did_not_answer_is_asked_again_in_a_minute(
        self, verify: Verify, known: Known, names: Names, clock: Clock
    ) -> None:
        names.failing.add(RENTED)
        assert known() is None
        names.failing.clear()
        for _ in range(5):
            assert verify() is None
        assert len(names.asked) == 1
        clock.now += FRESH_SECONDS[Outcome.UNANSWERED] + 1
        assert known() == "google"

    def test_a_flood_of_fakes_waits_by_networks_and_a_true_one_still_gets_its_turn(
        self, crawlers: Crawlers, verify: Verify, names: Names
    ) -> None:
        names.go.clear()
        for number in range(2_000):
            assert verify(f"2a00:1:2:3::{number:x}") is None
        assert crawlers.errands.lost >= 2_000 - 8
        assert verify() is None
        names.go.set()
        until(verify)
        assert len(names.asked) <= 8 + 2


class TestMemory:
    def asked(self, number: int) -> tuple[str, object]:
        return ("google", read_address(f"10.0.{number // 256}.{number % 256}"))

    def test_fakes_never_push_out_who_is_genuine(self) -> None:
        memory = Memory(most=10)
        memory.note(self.asked(0), Outcome.CONFIRMED, 0)  # type: ignore[arg-type]
        for number in range(1, 100):
            memory.note(self.asked(number), Outcome.REFUSED, 0)  # type: ignore[arg-type]
        assert memory.is_genuine(self.asked(0), 1)  # type: ignore[arg-type]
        assert not memory.is_settled(self.asked(1), 1)  # type: ignore[arg-type]
        assert memory.is_settled(self.asked(99), 1)  # type: ignore[arg-type]


class TestErrands:
    def test_are_done_once_at_a_time_each(self) -> None:
        done: list[str] = []
        go = Event()

        def run(errand: str) -> None:
            assert go.wait(10)
            done.append(errand)

        errands: Errands[str] = Errands(run, lambda errand: errand[0])
        assert [errands.send("a1") for _ in range(50)] == [True] * 50
        go.set()
        until(lambda: done == ["a1"])
        until(lambda: errands.send("a1") and done == ["a1", "a1"])

    def test_are_so_many_and_no_more(self) -> None:
        go = Event()
        errands: Errands[int] = Errands(lambda _errand: go.wait(10), lambda errand: errand, most_waiting=5, workers=2)
        taken = [errands.send(number) for number in range(20)]
        assert 5 <= sum(taken) <= 7
        assert errands.lost == 20 - sum(taken)
        go.set()
        until(lambda: errands.send(99))

    def test_that_fail_do_not_stop_the_others(self) -> None:
        done: list[int] = []

        def run(errand: int) -> None:
            if errand % 2:
                raise ValueError(errand)
            done.append(errand)

        errands: Errands[int] = Errands(run, lambda _errand: 0, most_of_a_kind=100)
        for number in range(10):
            assert errands.send(number)
        until(lambda: sorted(done) == [0, 2, 4, 6, 8])

    def test_of_a_parent_are_not_its_child_s(self, monkeypatch: pytest.MonkeyPatch) -> None:
        done: list[str] = []
        go = Event()

        def run(errand: str) -> None:
            assert go.wait(10)
            done.append(errand)

        errands: Errands[str] = Errands(run, lambda _errand: 0, workers=1)
        errands.send("the parent's")
        monkeypatch.setattr(os, "getpid", lambda: -1)
        assert errands.send("the child's")
        go.set()
        until(lambda: "the child's" in done)


def test_every_operator_s_names_can_be_looked_up() -> None:
    assert [name for name, one in OPERATORS.items() if not one.hosts] == ["duckduckgo", "duckassist"]
