"""What a change does and when: the rules, with the answers written by hand."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paywall.billing.changing.rules import (
    Held,
    Rate,
    after_periods,
    charged_again_at,
    ends_at_once,
    is_still_exact,
    pause_ends_at,
    takes_effect_now,
)

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LATER, EARLIER = NOW + timedelta(days=20), NOW - timedelta(days=1)
MONTHLY, YEARLY = Rate(499, "month"), Rate(4990, "year")
RATES = st.builds(
    Rate, st.integers(1, 99_999_999), st.sampled_from(["day", "week", "month", "year"]), st.integers(1, 12)
)


class TestWhatBeginsAtOnce:
    @pytest.mark.parametrize(
        ("held", "wanted", "at_once"),
        [
            (MONTHLY, Rate(1499, "month"), True),
            (MONTHLY, Rate(299, "month"), False),
            (MONTHLY, Rate(499, "month"), False),
            (MONTHLY, YEARLY, False),  # 4.15 a month, and paid long ahead: when the month is used up
            (MONTHLY, Rate(9990, "year"), True),
            (YEARLY, MONTHLY, False),  # dearer for the same time, but nobody should be owed a year
            (Rate(1497, "month", 3), MONTHLY, False),
            (Rate(115, "week"), Rate(499, "month"), False),
            (Rate(114, "week"), Rate(499, "month"), True),
        ],
    )
    def test_is_what_costs_more_for_the_same_time(self, held: Rate, wanted: Rate, at_once: bool) -> None:
        assert takes_effect_now(Held("active", held, LATER), wanted, NOW) is at_once

    @pytest.mark.parametrize("wanted", [Rate(1499, "month"), Rate(299, "month"), YEARLY])
    @pytest.mark.parametrize("held", [Held("trialing", MONTHLY, LATER), Held("active", MONTHLY, EARLIER)])
    def test_is_whatever_is_chosen_while_nothing_is_paid_for(self, held: Held, wanted: Rate) -> None:
        assert takes_effect_now(held, wanted, NOW)

    @given(RATES, RATES)
    def test_never_holds_both_ways(self, one: Rate, other: Rate) -> None:
        assert not (one.costs_more_than(other) and other.costs_more_than(one))
        assert not one.costs_more_than(one)


class TestCancelling:
    @pytest.mark.parametrize(
        ("status", "paid_through", "is_paused", "at_once"),
        [
            ("active", LATER, False, False),
            ("active", EARLIER, False, False),  # its renewal is just being paid
            ("active", LATER, True, False),
            ("active", EARLIER, True, True),
            ("trialing", LATER, False, False),
            ("past_due", EARLIER, False, True),
            ("unpaid", EARLIER, False, True),
            ("incomplete", None, False, True),
            ("paused", EARLIER, False, True),
            ("on_the_moon", None, False, True),
        ],
    )
    def test_ends_at_once_what_is_not_paid_for(
        self, status: str, paid_through: datetime | None, is_paused: bool, at_once: bool
    ) -> None:
        assert ends_at_once(Held(status, MONTHLY, paid_through, is_paused=is_paused), NOW) is at_once


class TestAPreview:
    @pytest.mark.parametrize(("minutes", "exact"), [(0, True), (14.9, True), (15, False), (600, False), (-1, False)])
    def test_is_held_to_for_a_quarter_of_an_hour(self, minutes: float, exact: bool) -> None:
        assert is_still_exact(NOW - timedelta(minutes=minutes), NOW) is exact


class TestPeriods:
    @pytest.mark.parametrize(
        ("start", "rate", "count", "end"),
        [
            ("2026-11-24", MONTHLY, 1, "2026-12-24"),
            ("2026-11-24", MONTHLY, 2, "2027-01-24"),
            ("2027-01-31", MONTHLY, 1, "2027-02-28"),
            ("2028-01-31", MONTHLY, 1, "2028-02-29"),
            ("2028-02-29", YEARLY, 1, "2029-02-28"),
            ("2026-11-24", Rate(1, "month", 3), 3, "2027-08-24"),
            ("2026-12-28", Rate(1, "week", 2), 1, "2027-01-11"),
            ("2026-12-31", Rate(1, "day"), 3, "2027-01-03"),
        ],
    )
    def test_end_where_the_calendar_says(self, start: str, rate: Rate, count: int, end: str) -> None:
        begins = datetime.fromisoformat(start).replace(tzinfo=UTC)
        assert after_periods(begins, rate, count).date().isoformat() == end

    @given(st.integers(0, 25_000), RATES, st.integers(1, 3))
    def test_left_out_by_a_pause_end_before_the_next_is_charged(self, days: int, rate: Rate, count: int) -> None:
        start = NOW + timedelta(days=days)
        ends = pause_ends_at(start, rate, count)
        assert ends < charged_again_at(ends) == after_periods(start, rate, count)
        assert count == 1 or ends > after_periods(start, rate, count - 1)
