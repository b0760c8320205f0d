"""Ceilings: counted in Redis while it is there, in memory while it is not, and never not at all."""

import threading

import pytest

from paywall.web.limits import Counters, Pace
from tests.engines import free_port

PACE = Pace(times=3, minutes=1)


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.redis)])
def counters(request: pytest.FixtureRequest) -> Counters:
    return Counters(None if request.param == "memory" else request.getfixturevalue("redis_url"))


@pytest.fixture
def key(request: pytest.FixtureRequest) -> str:
    return str(request.node.nodeid)


class TestCounting:
    def test_so_many_tries_are_within_the_ceiling(self, counters: Counters, key: str) -> None:
        assert [counters.count(PACE, key) for _ in range(5)] == [True] * 3 + [False] * 2

    def test_asking_for_room_takes_none(self, counters: Counters, key: str) -> None:
        assert all(counters.has_room(PACE, key) for _ in range(9))
        for _ in range(3):
            counters.count(PACE, key)
        assert not counters.has_room(PACE, key)

    def test_keys_are_counted_apart(self, counters: Counters, key: str) -> None:
        for _ in range(3):
            counters.count(PACE, key, "one")
        assert counters.has_room(PACE, key, "other")

    def test_the_wait_is_within_the_window(self, counters: Counters, key: str) -> None:
        counters.count(PACE, key)
        assert 1 <= counters.seconds_left(PACE, key) <= 60

    def test_many_at_a_time_get_no_more_than_there_is(self, counters: Counters, key: str) -> None:
        start, taken = threading.Barrier(16), list[bool]()

        def take() -> None:
            start.wait()
            taken.append(counters.count(PACE, key))

        threads = [threading.Thread(target=take) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert taken.count(True) == 3

    def test_switched_off_lets_everything_through(self, counters: Counters, key: str) -> None:
        counters.enabled = False
        assert all(counters.count(PACE, key) for _ in range(9))


class TestWhileRedisIsAway:
    def test_each_process_counts_for_itself(self) -> None:
        counters = Counters(f"redis://127.0.0.1:{free_port()}/0")
        assert [counters.count(PACE, "somebody") for _ in range(5)] == [True] * 3 + [False] * 2
        assert not counters.has_room(PACE, "somebody")
        assert counters.seconds_left(PACE, "somebody") <= 60

    @pytest.mark.redis
    def test_processes_share_the_count_while_it_is_there(self, redis_url: str, key: str) -> None:
        one, other = Counters(redis_url), Counters(redis_url)
        for _ in range(3):
            one.count(PACE, key)
        assert not other.has_room(PACE, key)
