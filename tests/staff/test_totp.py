"""Codes of a moment, by the table of RFC 6238."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from paywall.staff.rules import Role, Staff
from paywall.staff.sealing import Chest
from paywall.staff.totp import address_for_apps, code_at, in_groups, new_secret, step_of

SECRET = base64.b32encode(b"12345678901234567890").decode()
AT = datetime(2026, 11, 27, 12, 0, 10, tzinfo=UTC)


class TestTheCode:
    @pytest.mark.parametrize(
        ("seconds", "code"),
        [
            (59, "287082"),
            (1111111109, "081804"),
            (1234567890, "005924"),
            (2000000000, "279037"),
            (20000000000, "353130"),
        ],
    )
    def test_it_is_that_of_the_standard(self, seconds: int, code: str) -> None:
        at = datetime.fromtimestamp(seconds, UTC)
        assert code_at(SECRET, at) == code
        assert step_of(SECRET, code, at) == seconds // 30

    @pytest.mark.parametrize("seconds", [-30, 0, 30])
    def test_it_counts_half_a_minute_early_and_late(self, seconds: int) -> None:
        assert step_of(SECRET, code_at(SECRET, AT + timedelta(seconds=seconds)), AT) is not None

    @pytest.mark.parametrize("seconds", [-90, 90, 3600])
    def test_it_does_not_count_longer(self, seconds: int) -> None:
        assert step_of(SECRET, code_at(SECRET, AT + timedelta(seconds=seconds)), AT) is None

    @pytest.mark.parametrize("typed", ["", "12345", "1234567", "٢٨٧٠٨٢", "28708a", "287082\n", "\0"])
    def test_what_is_no_code_is_wrong(self, typed: str) -> None:
        assert step_of(SECRET, typed, datetime.fromtimestamp(59, UTC)) is None


class TestTheSecret:
    def test_each_is_another(self) -> None:
        assert len({new_secret() for _ in range(50)}) == 50
        assert len(new_secret()) == 32

    def test_it_is_typed_in_groups(self) -> None:
        assert in_groups("ABCDEFGH") == "ABCD EFGH"

    def test_an_app_on_the_same_device_takes_it_over(self) -> None:
        address = address_for_apps(SECRET, "a@example.com", "The News: Daily")
        assert address.startswith("otpauth://totp/")
        assert f"secret={SECRET}" in address


class TestSealing:
    mine = Chest("k" * 32, Staff(1, 1, 1, Role.ADMIN))

    def test_what_was_put_away_comes_out(self) -> None:
        sealed = self.mine.put_away(SECRET)
        assert SECRET not in sealed
        assert self.mine.take_out(sealed) == SECRET

    @pytest.mark.parametrize("other", [Chest("k" * 32, Staff(2, 1, 1, Role.ADMIN)), Chest("x" * 32, mine.staff)])
    def test_nobody_else_opens_it(self, other: Chest) -> None:
        assert other.take_out(self.mine.put_away(SECRET)) is None

    @pytest.mark.parametrize("sealed", ["", "x", "a.b.c.d.e", "é"])
    def test_what_is_no_chest_holds_nothing(self, sealed: str) -> None:
        assert self.mine.take_out(sealed) is None
