"""Packed views: what a row holds, byte by byte."""

from datetime import UTC, datetime

from paywall.meter.views import digest, unpack
from paywall.meter.windows import WindowRule, window_at
from paywall.publishers.rules import WindowKind

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MONTH = window_at(WindowRule(), NOW)
ROLLING = window_at(WindowRule(WindowKind.ROLLING, 7), NOW)


class TestARow:
    def test_needs_six_bytes_a_view_and_ten_in_a_rolling_window(self) -> None:
        assert len(unpack(None, MONTH).taking("a" * 200).taking("b").packed) == 12
        assert len(unpack(None, ROLLING).taking("a" * 200).taking("b").packed) == 20

    def test_of_a_rolling_window_tells_the_second_of_each_view(self) -> None:
        packed = unpack(None, ROLLING).taking("a1").packed
        assert packed == digest("a1") + int(NOW.timestamp()).to_bytes(4, "big")

    def test_holds_no_article_that_only_spans_two_records(self) -> None:
        name = digest("a1")
        spanning = b"xxx" + name + b"yyy"
        assert "a1" not in unpack(spanning, MONTH)
        assert "a1" in unpack(spanning + name, MONTH)
