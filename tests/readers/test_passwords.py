"""Passwords: what is taken, what is hashed, and how many at a time."""

import threading

import pytest

from paywall.errors import BadInput
from paywall.readers import passwords
from paywall.readers.passwords import HashingPool, TooManyWaiting


class TestANewPassword:
    @pytest.mark.parametrize("password", ["12345678", "with a space", "пароль на память", "🗞️🗞️🗞️🗞️", "x" * 1024])
    def test_may_be_anything_of_8_to_1024_characters(self, password: str) -> None:
        passwords.check_new_password(password)

    @pytest.mark.parametrize("password", ["", "1234567", "x" * 1025, "a\0bcdefgh", "a\ud800bcdefgh"])
    def test_is_refused_otherwise(self, password: str) -> None:
        with pytest.raises(BadInput) as refused:
            passwords.check_new_password(password)
        assert refused.value.field == "password"


class TestAHash:
    def test_fits_its_password_and_no_other(self) -> None:
        kept = passwords.hash_password("a good password")
        assert passwords.is_right(kept, "a good password")
        assert not passwords.is_right(kept, "a good passwore")
        assert not passwords.is_outdated(kept)

    def test_is_the_same_password_however_the_keyboard_spells_it(self) -> None:
        assert passwords.is_right(passwords.hash_password("cafe\u0301 noir"), "caf\u00e9 noir")

    @pytest.mark.parametrize("password", ["", "x" * 1025, "\0", "\ud800"])
    def test_fits_nothing_that_could_never_be_a_password(self, password: str) -> None:
        assert not passwords.is_right(passwords.hash_password(""), password or "x")

    def test_of_nobody_fits_nothing_and_costs_the_same(self) -> None:
        assert not passwords.is_outdated(passwords._NOBODYS)
        assert not passwords.is_right(None, "a good password")

    def test_that_is_none_fits_nothing(self) -> None:
        assert not passwords.is_right("not a hash", "a good password")


class TestTheHashingPool:
    def test_lets_only_so_many_in_and_only_so_many_wait(self) -> None:
        pool, inside, leave = HashingPool(turns=1, waiting=1), threading.Event(), threading.Event()
        waiting = threading.Thread(target=_take_a_turn, args=(pool, threading.Event(), leave))
        holding = threading.Thread(target=_take_a_turn, args=(pool, inside, leave))
        holding.start()
        assert inside.wait(10)
        waiting.start()
        while pool._places._value > 0:
            pass
        with pytest.raises(TooManyWaiting), pool.turn():
            pass
        leave.set()
        holding.join(10)
        waiting.join(10)
        with pool.turn():
            assert pool._turns._value == 0

    def test_sends_away_who_waited_too_long(self) -> None:
        pool = HashingPool(turns=1, waiting=1, patience_seconds=0.01)
        with pool.turn(), pytest.raises(TooManyWaiting), pool.turn():
            pass
        assert (pool._turns._value, pool._places._value) == (1, 2)


def _take_a_turn(pool: HashingPool, inside: threading.Event, leave: threading.Event) -> None:
    with pool.turn():
        inside.set()
        leave.wait(10)
