"""When an endpoint is tried again: pure rules, for every number of failures, every moment, every chance."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paywall.entitlements.rules import Turn
from paywall.telling.rules import (
    DELAYS,
    FAILING_FOR,
    JITTER,
    KEPT_TRYING,
    LONGEST_WISH,
    at_once,
    held_until,
    is_failing_too_long,
    next_try,
    wants,
    wished,
)

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
chances = st.floats(0, 1)
wishes = st.none() | st.timedeltas(timedelta(seconds=1), LONGEST_WISH)


def tries(chances: list[float]) -> list[datetime]:
    """Return when a delivery is tried that fails each time at once."""
    moments = [NOW]
    for chance in chances:
        after = next_try(len(moments), NOW, moments[-1], chance, None)
        if after is None:
            break
        moments.append(after)
    return moments


class TestTheSchedule:
    @given(st.lists(chances, min_size=20, max_size=20))
    def test_lasts_three_days_at_least_and_four_at_most(self, drawn: list[float]) -> None:
        moments = tries(drawn)
        assert len(moments) == len(DELAYS) + 1
        assert timedelta(days=3) <= moments[-1] - moments[0] <= timedelta(days=4)

    @given(st.lists(chances, min_size=20, max_size=20))
    def test_waits_longer_each_time(self, drawn: list[float]) -> None:
        moments = tries(drawn)
        waits = [later - earlier for earlier, later in pairwise(moments)]
        assert waits == sorted(waits)

    @given(st.integers(1, len(DELAYS)), chances)
    def test_is_spread_by_a_fifth_and_never_shortened(self, attempts: int, chance: float) -> None:
        after = next_try(attempts, NOW, NOW, chance, None)
        assert after is not None
        delay = DELAYS[attempts - 1]
        assert delay <= after - NOW <= delay * (1 + JITTER) + timedelta(microseconds=1)

    @given(st.integers(1, len(DELAYS)), chances, wishes)
    def test_never_comes_earlier_than_the_endpoint_asked_for(
        self, attempts: int, chance: float, wish: timedelta | None
    ) -> None:
        with_wish, without = (next_try(attempts, NOW, NOW, chance, one) for one in (wish, None))
        assert with_wish is not None
        assert without is not None
        assert with_wish == max(without, NOW + (wish or timedelta()))

    @given(st.integers(len(DELAYS) + 1, 1000), chances, wishes)
    def test_ends(self, attempts: int, chance: float, wish: timedelta | None) -> None:
        assert next_try(attempts, NOW, NOW, chance, wish) is None

    @given(st.integers(1, 5), chances)
    def test_ends_after_four_days_whatever_held_it_up(self, attempts: int, chance: float) -> None:
        assert next_try(attempts, NOW - KEPT_TRYING, NOW, chance, None) is None


class TestHoldingBack:
    @given(st.integers(0, 2), chances)
    def test_two_failures_hold_nobody_back(self, failures: int, chance: float) -> None:
        assert held_until(failures, NOW, chance, None) is None
        assert at_once(failures) == 4

    @given(st.integers(3, 10_000), chances)
    def test_more_hold_back_for_minutes_at_most(self, failures: int, chance: float) -> None:
        until = held_until(failures, NOW, chance, None)
        assert until is not None
        assert timedelta(seconds=5) <= until - NOW <= timedelta(minutes=6)
        assert at_once(failures) == 1

    @given(st.integers(0, 100), chances, st.timedeltas(timedelta(minutes=7), LONGEST_WISH))
    def test_who_asks_for_peace_gets_it_at_the_first_failure(
        self, failures: int, chance: float, wish: timedelta
    ) -> None:
        assert held_until(failures, NOW, chance, wish) == NOW + wish

    @pytest.mark.parametrize(
        ("since", "too_long"),
        [(None, False), (NOW, False), (NOW - FAILING_FOR + timedelta(seconds=1), False), (NOW - FAILING_FOR, True)],
    )
    def test_three_days_without_one_success_are_too_long(self, since: datetime | None, too_long: bool) -> None:
        assert is_failing_too_long(since, NOW) is too_long


class TestRetryAfter:
    @pytest.mark.parametrize(
        ("header", "wish"),
        [
            ("120", timedelta(minutes=2)),
            (" 120 ", timedelta(minutes=2)),
            ("999999999999999999", LONGEST_WISH),
            (format_datetime(NOW + timedelta(hours=1), usegmt=True), timedelta(hours=1)),
            ("Tue, 24 Nov 2026 10:00:00 -0000", timedelta(hours=1)),
            (format_datetime(NOW + timedelta(days=300), usegmt=True), LONGEST_WISH),
            (format_datetime(NOW - timedelta(hours=1), usegmt=True), None),
            ("0", None),
            ("-5", None),
            ("1.5", None),
            ("１２", None),
            ("soon", None),
            ("", None),
            (None, None),
            ("Tue, 99 Nov 9999999 10:00:00 GMT", None),
        ],
    )
    def test_is_read_in_seconds_or_as_a_date_and_never_believed_beyond_a_day(
        self, header: str | None, wish: timedelta | None
    ) -> None:
        assert wished(header, NOW) == wish

    @given(st.text())
    def test_of_any_kind_breaks_nothing(self, header: str) -> None:
        wish = wished(header, NOW)
        assert wish is None or timedelta() < wish <= LONGEST_WISH


class TestWishes:
    def test_who_names_nothing_hears_everything(self) -> None:
        assert all(wants([], turn) for turn in Turn)

    def test_who_names_something_hears_that(self) -> None:
        assert [turn for turn in Turn if wants([Turn.ENDED], turn)] == [Turn.ENDED]
