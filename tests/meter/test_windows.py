"""Counting windows: every instant lies in exactly one, in every zone, across every change of clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from paywall.meter.windows import Window, WindowRule, window_at
from paywall.publishers.rules import WindowKind

ZONES = sorted(available_timezones() - {"localtime"})
CALENDAR = [WindowKind.DAY, WindowKind.WEEK, WindowKind.MONTH]
SECOND = timedelta(seconds=1)
instants = st.integers(788_918_400, 4_070_908_800).map(
    lambda second: datetime.fromtimestamp(second, UTC)
)  # 1995 to 2098


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def window(kind: str, timezone: str, now: str) -> Window:
    return window_at(WindowRule(WindowKind(kind), timezone=timezone), at(now))


class TestACalendarWindow:
    @pytest.mark.parametrize(
        ("kind", "timezone", "now", "key", "starts_at", "resets_at"),
        [
            ("month", "Asia/Baku", "2026-11-23T12:00Z", "2026-11", "2026-10-31T20:00Z", "2026-11-30T20:00Z"),
            ("month", "Asia/Baku", "2026-11-30T19:59:59Z", "2026-11", "2026-10-31T20:00Z", "2026-11-30T20:00Z"),
            ("month", "Asia/Baku", "2026-11-30T20:00Z", "2026-12", "2026-11-30T20:00Z", "2026-12-31T20:00Z"),
            # leap days, and the year that has none
            ("month", "UTC", "2028-02-29T23:59Z", "2028-02", "2028-02-01T00:00Z", "2028-03-01T00:00Z"),
            ("month", "UTC", "2100-02-28T12:00Z", "2100-02", "2100-02-01T00:00Z", "2100-03-01T00:00Z"),
            ("day", "UTC", "2028-02-29T12:00Z", "2028-02-29", "2028-02-29T00:00Z", "2028-03-01T00:00Z"),
            # ends of the year; the ISO week's year is not the date's
            ("month", "Europe/Berlin", "2026-12-31T23:30Z", "2027-01", "2026-12-31T23:00Z", "2027-01-31T23:00Z"),
            ("week", "UTC", "2026-11-23T00:00Z", "2026-W48", "2026-11-23T00:00Z", "2026-11-30T00:00Z"),
            ("week", "UTC", "2027-01-03T23:59Z", "2026-W53", "2026-12-28T00:00Z", "2027-01-04T00:00Z"),
            ("week", "UTC", "2024-12-30T00:00Z", "2025-W01", "2024-12-30T00:00Z", "2025-01-06T00:00Z"),
            # the first and the last places to see a day
            ("day", "Pacific/Kiritimati", "2026-11-22T10:00Z", "2026-11-23", "2026-11-22T10:00Z", "2026-11-23T10:00Z"),
            ("day", "Pacific/Pago_Pago", "2026-11-23T10:59Z", "2026-11-22", "2026-11-22T11:00Z", "2026-11-23T11:00Z"),
            ("day", "Asia/Kathmandu", "2026-11-23T18:15Z", "2026-11-24", "2026-11-23T18:15Z", "2026-11-24T18:15Z"),
            # clocks go forward (23 hours), back (25 hours), by half an hour
            ("day", "Europe/Berlin", "2026-03-29T12:00Z", "2026-03-29", "2026-03-28T23:00Z", "2026-03-29T22:00Z"),
            ("day", "Europe/Berlin", "2026-10-25T12:00Z", "2026-10-25", "2026-10-24T22:00Z", "2026-10-25T23:00Z"),
            ("day", "Australia/Lord_Howe", "2026-10-04T00:00Z", "2026-10-04", "2026-10-03T13:30Z", "2026-10-04T13:00Z"),
            # midnight does not exist, or happens twice
            ("day", "America/Sao_Paulo", "2018-11-04T12:00Z", "2018-11-04", "2018-11-04T03:00Z", "2018-11-05T02:00Z"),
            ("day", "Africa/Cairo", "2026-04-24T12:00Z", "2026-04-24", "2026-04-23T22:00Z", "2026-04-24T21:00Z"),
            ("day", "America/Havana", "2026-11-01T04:30Z", "2026-11-01", "2026-11-01T04:00Z", "2026-11-02T05:00Z"),
            ("day", "America/Havana", "2026-11-01T05:30Z", "2026-11-01", "2026-11-01T04:00Z", "2026-11-02T05:00Z"),
            # a minute past midnight, clocks go back to yesterday: the new day has begun and stays
            ("day", "America/St_Johns", "2006-10-29T02:30:30Z", "2006-10-29", "2006-10-29T02:30Z", "2006-10-30T03:30Z"),
            ("day", "America/St_Johns", "2006-10-29T02:45Z", "2006-10-29", "2006-10-29T02:30Z", "2006-10-30T03:30Z"),
            # Samoa had no 30 December 2011
            ("day", "Pacific/Apia", "2011-12-30T09:59Z", "2011-12-29", "2011-12-29T10:00Z", "2011-12-30T10:00Z"),
            ("day", "Pacific/Apia", "2011-12-30T10:00Z", "2011-12-31", "2011-12-30T10:00Z", "2011-12-31T10:00Z"),
        ],
    )
    def test_follows_the_publishers_calendar(
        self, *, kind: str, timezone: str, now: str, key: str, starts_at: str, resets_at: str
    ) -> None:
        assert window(kind, timezone, now) == Window(key, at(starts_at), at(resets_at))

    @given(instants, st.sampled_from(CALENDAR), st.sampled_from(ZONES))
    @example(at("2006-10-29T03:15Z"), WindowKind.DAY, "America/St_Johns")
    @example(at("2011-12-30T09:00Z"), WindowKind.MONTH, "Pacific/Apia")
    def test_holds_every_instant_exactly_once(self, now: datetime, kind: WindowKind, timezone: str) -> None:
        rule = WindowRule(kind, timezone=timezone)
        here = window_at(rule, now)
        assert here.starts_at <= now < here.resets_at
        assert window_at(rule, here.starts_at) == window_at(rule, here.resets_at - SECOND) == here
        following, before = window_at(rule, here.resets_at), window_at(rule, here.starts_at - SECOND)
        assert following.starts_at == here.resets_at
        assert before.resets_at == here.starts_at
        assert len({before.key, here.key, following.key}) == 3

    @given(instants, st.sampled_from(ZONES))
    def test_shows_its_own_date_on_the_publishers_wall(self, now: datetime, timezone: str) -> None:
        here = window_at(WindowRule(WindowKind.MONTH, timezone=timezone), now)
        middle = here.starts_at + (here.resets_at - here.starts_at) / 2
        assert middle.astimezone(ZoneInfo(timezone)).strftime("%Y-%m") == here.key
        assert timedelta(days=26) < here.resets_at - here.starts_at < timedelta(days=32)


class TestARollingWindow:
    def test_reaches_n_days_to_either_side_of_now(self) -> None:
        now = at("2026-03-29T01:30+01:00")
        here = window_at(WindowRule(WindowKind.ROLLING, 7, "Europe/Berlin"), now)
        assert here == Window("rolling", now - timedelta(days=7), now + timedelta(days=7), timedelta(days=7))

    def test_keeps_its_key_when_the_number_of_days_changes(self) -> None:
        now = at("2026-11-23T12:00Z")
        keys = {window_at(WindowRule(WindowKind.ROLLING, days), now).key for days in (1, 7, 366)}
        assert keys == {"rolling"}


class TestARuleThatCannotBeKept:
    @pytest.mark.parametrize(
        ("kind", "days", "timezone", "field"),
        [
            (WindowKind.ROLLING, None, "UTC", "days"),
            (WindowKind.ROLLING, 0, "UTC", "days"),
            (WindowKind.ROLLING, 367, "UTC", "days"),
            (WindowKind.MONTH, 30, "UTC", "days"),
            (WindowKind.MONTH, None, "Mars/Olympus", "timezone"),
            (WindowKind.MONTH, None, "", "timezone"),
            (WindowKind.MONTH, None, "../../etc/passwd", "timezone"),
            (WindowKind.MONTH, None, "America", "timezone"),
            (WindowKind.MONTH, None, "a\x00b", "timezone"),
            (WindowKind.MONTH, None, "x" * 5000, "timezone"),
        ],
    )
    def test_is_refused_by_the_name_of_its_field(
        self, kind: WindowKind, days: int | None, timezone: str, field: str
    ) -> None:
        with pytest.raises(ValueError, match=f"^{field}:"):
            WindowRule(kind, days, timezone)
