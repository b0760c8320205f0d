"""The turnstile in front of the PostgreSQL connections."""

import threading

from paywall.meter.turnstile import Turnstile
from tests.meter.parallel import in_threads


def queue_up(turnstile: Turnstile, entered: list[int], number: int) -> threading.Thread:
    """Start a thread that waits for its turn, and return once it does."""
    waiting = len(turnstile._waiting)

    def wait() -> None:
        assert turnstile.enter(timeout=30)
        entered.append(number)
        turnstile.leave()

    thread = threading.Thread(target=wait)
    thread.start()
    while len(turnstile._waiting) == waiting:
        pass
    return thread


class TestAFullTurnstile:
    def test_lets_those_who_wait_in_by_turns(self) -> None:
        turnstile, entered = Turnstile(1), list[int]()
        assert turnstile.enter(timeout=0)
        threads = [queue_up(turnstile, entered, number) for number in range(5)]
        turnstile.leave()
        for thread in threads:
            thread.join()
        assert entered == [0, 1, 2, 3, 4]

    def test_sends_away_who_ran_out_of_patience_and_loses_no_place(self) -> None:
        turnstile = Turnstile(2)
        assert turnstile.enter(timeout=0)
        assert turnstile.enter(timeout=0)
        assert not turnstile.enter(timeout=0)
        turnstile.leave()
        turnstile.leave()
        assert [turnstile.enter(timeout=0) for _ in range(3)] == [True, True, False]

    def test_keeps_a_place_that_came_in_the_last_instant(self) -> None:
        turnstile, turn = Turnstile(0), threading.Lock()
        assert turnstile._was_handed_over(turn), "no longer waiting: somebody handed it the place"


def test_a_crowd_never_holds_more_places_than_there_are() -> None:
    turnstile, inside, most = Turnstile(3), list[int](), list[int]()

    def pass_through(number: int) -> None:
        for _ in range(50):
            assert turnstile.enter(timeout=30)
            inside.append(number)
            most.append(len(inside))
            inside.remove(number)
            turnstile.leave()

    in_threads(16, pass_through)
    assert max(most) <= 3
    assert turnstile._free == 3
