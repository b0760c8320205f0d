"""The meter's contract: one and the same on every engine."""

from datetime import UTC, datetime, timedelta

import pytest

from paywall.meter.store import MeterStore, NetworkLine
from paywall.meter.windows import WindowRule, window_at
from paywall.publishers.rules import WindowKind
from tests.meter.contract import MONTH, NEXT_MONTH, NOW, ROLLING, NewReader, opened_by


class TestAReaderWithinTheAllowance:
    def test_opens_an_article_and_pays_one_view(self, store: MeterStore, reader: str) -> None:
        admission = store.admit(reader, "a1", 5, MONTH)
        assert (admission.opened, admission.newly, admission.views_used) == (True, True, 1)
        assert admission.resets_at == MONTH.resets_at == datetime(2031, 11, 30, 20, tzinfo=UTC)

    def test_reads_it_again_for_nothing(self, store: MeterStore, reader: str) -> None:
        store.admit(reader, "a1", 5, MONTH)
        again = store.admit(reader, "a1", 5, MONTH)
        assert (again.opened, again.newly, again.views_used) == (True, False, 1)

    def test_is_told_about_an_article_without_paying_for_it(self, store: MeterStore, reader: str) -> None:
        store.admit(reader, "a1", 5, MONTH)
        assert store.peek(reader, "a1", MONTH).opened
        asked = store.peek(reader, "a2", MONTH)
        assert (asked.opened, asked.newly, asked.views_used) == (False, False, 1)
        assert store.peek(reader, "a2", MONTH).views_used == 1

    @pytest.mark.parametrize("article", ["", "x" * 200, "ə/№?utm=1", "a\x00b", "\ud800", "123456" * 30])
    def test_may_open_articles_of_any_name(self, store: MeterStore, reader: str, article: str) -> None:
        assert store.admit(reader, article, 1, MONTH).newly
        assert store.admit(reader, article, 1, MONTH).opened
        assert not store.peek(reader, article + "'", MONTH).opened


class TestAReaderPastTheAllowance:
    def test_is_refused_and_nothing_is_written(self, store: MeterStore, reader: str) -> None:
        store.admit(reader, "a1", 2, MONTH)
        store.admit(reader, "a2", 2, MONTH)
        refused = store.admit(reader, "a3", 2, MONTH)
        assert (refused.opened, refused.newly, refused.views_used) == (False, False, 2)
        assert opened_by(store, reader, ["a1", "a2", "a3"]) == {"a1", "a2"}

    def test_still_reads_what_was_opened(self, store: MeterStore, reader: str) -> None:
        store.admit(reader, "a1", 1, MONTH)
        assert not store.admit(reader, "a2", 1, MONTH).opened
        assert store.admit(reader, "a1", 1, MONTH).opened

    def test_goes_on_at_once_when_the_allowance_is_raised(self, store: MeterStore, reader: str) -> None:
        store.admit(reader, "a1", 1, MONTH)
        assert store.admit(reader, "a2", 2, MONTH).newly

    @pytest.mark.parametrize("lowered", [0, 1])
    def test_keeps_everything_opened_when_it_is_lowered(self, store: MeterStore, reader: str, lowered: int) -> None:
        for article in ("a1", "a2", "a3"):
            store.admit(reader, article, 3, MONTH)
        assert all(store.admit(reader, article, lowered, MONTH).opened for article in ("a1", "a2", "a3"))
        assert not store.admit(reader, "a4", lowered, MONTH).opened

    def test_opens_nothing_with_an_allowance_of_zero(self, store: MeterStore, reader: str) -> None:
        refused = store.admit(reader, "a1", 0, MONTH)
        assert (refused.opened, refused.views_used) == (False, 0)

    def test_starts_anew_in_the_next_window(self, store: MeterStore, reader: str) -> None:
        store.admit(reader, "a1", 1, MONTH)
        assert not store.peek(reader, "a1", NEXT_MONTH).opened
        assert store.admit(reader, "a2", 1, NEXT_MONTH).newly

    def test_is_counted_apart_from_other_readers(self, store: MeterStore, new_reader: NewReader) -> None:
        one, other = new_reader(), new_reader()
        store.admit(one, "a1", 1, MONTH)
        assert store.admit(other, "a2", 1, MONTH).newly


class TestARollingWindow:
    def test_gives_each_view_back_when_its_days_are_over(self, store: MeterStore, reader: str) -> None:
        first = store.admit(reader, "a1", 2, window_at(ROLLING, NOW))
        ten_days_on = window_at(ROLLING, NOW + timedelta(days=10))
        second = store.admit(reader, "a2", 2, ten_days_on)
        assert first.resets_at == second.resets_at == NOW + timedelta(days=30)
        assert not store.admit(reader, "a3", 2, ten_days_on).opened
        third = store.admit(reader, "a3", 2, window_at(ROLLING, NOW + timedelta(days=30)))
        assert (third.newly, third.views_used, third.resets_at) == (True, 2, NOW + timedelta(days=40))

    def test_holds_a_view_to_its_last_second(self, store: MeterStore, reader: str) -> None:
        store.admit(reader, "a1", 1, window_at(ROLLING, NOW))
        a_second_before = window_at(ROLLING, NOW + timedelta(days=30, seconds=-1))
        assert store.peek(reader, "a1", a_second_before).opened
        assert not store.peek(reader, "a1", window_at(ROLLING, NOW + timedelta(days=30))).opened

    def test_is_not_prolonged_by_reading_again(self, store: MeterStore, reader: str) -> None:
        store.admit(reader, "a1", 1, window_at(ROLLING, NOW))
        store.admit(reader, "a1", 1, window_at(ROLLING, NOW + timedelta(days=29)))
        assert store.peek(reader, "a1", window_at(ROLLING, NOW + timedelta(days=31))).views_used == 0

    def test_judges_views_already_taken_by_a_changed_number_of_days(self, store: MeterStore, reader: str) -> None:
        store.admit(reader, "a1", 1, window_at(ROLLING, NOW))
        ten_days_on = NOW + timedelta(days=10)
        assert store.peek(reader, "a1", window_at(WindowRule(WindowKind.ROLLING, 11), ten_days_on)).opened
        assert not store.peek(reader, "a1", window_at(WindowRule(WindowKind.ROLLING, 9), ten_days_on)).opened


class TestAVisitorWhoSignsIn:
    def test_has_the_articles_of_both_and_none_twice(self, store: MeterStore, new_reader: NewReader) -> None:
        visitor, reader = new_reader(), new_reader()
        for article in ("a1", "a2"):
            store.admit(visitor, article, 5, MONTH)
        for article in ("a2", "a3"):
            store.admit(reader, article, 5, MONTH)
        for _ in range(3):
            store.unite(visitor, reader, MONTH)
        assert opened_by(store, reader, ["a1", "a2", "a3", "a4"]) == {"a1", "a2", "a3"}
        assert store.peek(reader, "a4", MONTH).views_used == 3

    def test_keeps_all_articles_past_the_allowance(self, store: MeterStore, new_reader: NewReader) -> None:
        visitor, reader = new_reader(), new_reader()
        store.admit(visitor, "a1", 1, MONTH)
        store.admit(reader, "a2", 1, MONTH)
        store.unite(visitor, reader, MONTH)
        assert store.admit(reader, "a1", 1, MONTH).opened
        assert store.admit(reader, "a2", 1, MONTH).opened
        assert not store.admit(reader, "a3", 2, MONTH).opened

    def test_who_read_nothing_changes_nothing(self, store: MeterStore, new_reader: NewReader) -> None:
        visitor, reader = new_reader(), new_reader()
        store.admit(reader, "a1", 5, MONTH)
        store.unite(visitor, reader, MONTH)
        store.unite(reader, reader, MONTH)
        assert store.peek(reader, "a1", MONTH).views_used == 1

    def test_keeps_the_later_end_of_a_rolling_view(self, store: MeterStore, new_reader: NewReader) -> None:
        visitor, reader = new_reader(), new_reader()
        store.admit(visitor, "a1", 5, window_at(ROLLING, NOW))
        store.admit(reader, "a1", 5, window_at(ROLLING, NOW + timedelta(days=3)))
        store.unite(visitor, reader, window_at(ROLLING, NOW + timedelta(days=4)))
        united = store.peek(reader, "a1", window_at(ROLLING, NOW + timedelta(days=5)))
        assert (united.views_used, united.resets_at) == (1, NOW + timedelta(days=33))


class TestTheNetworkLine:
    def test_refuses_new_articles_over_its_cap(self, store: MeterStore, new_reader: NewReader) -> None:
        line = NetworkLine(new_reader(), cap=2)
        for article in ("a1", "a2"):
            assert store.admit(new_reader(), article, 5, MONTH, network=line).newly
        fresh_cookie = new_reader()
        refused = store.admit(fresh_cookie, "a3", 5, MONTH, network=line)
        assert (refused.opened, refused.newly, refused.views_used) == (False, False, 0)
        assert store.admit(fresh_cookie, "a3", 5, MONTH).newly, "without the line the reader has views left"

    def test_counts_distinct_articles_not_visitors(self, store: MeterStore, new_reader: NewReader) -> None:
        line = NetworkLine(new_reader(), cap=1)
        assert all(store.admit(new_reader(), "a1", 5, MONTH, network=line).newly for _ in range(4))

    def test_never_shuts_what_a_reader_has_open(self, store: MeterStore, reader: str, new_reader: NewReader) -> None:
        store.admit(reader, "a1", 5, MONTH)
        assert store.admit(reader, "a1", 5, MONTH, network=NetworkLine(new_reader(), cap=0)).opened

    def test_is_not_touched_by_a_refused_reader(self, store: MeterStore, reader: str, new_reader: NewReader) -> None:
        line = NetworkLine(new_reader(), cap=1)
        store.admit(reader, "a1", 0, MONTH, network=line)
        assert store.admit(new_reader(), "a2", 5, MONTH, network=line).newly

    def test_is_no_reader_of_the_same_name(self, store: MeterStore, reader: str) -> None:
        store.admit(reader, "a1", 5, MONTH, network=NetworkLine(reader, cap=5))
        assert store.admit(reader, "a2", 5, MONTH, network=NetworkLine(reader, cap=5)).views_used == 2

    def test_rolls_with_a_rolling_window(self, store: MeterStore, new_reader: NewReader) -> None:
        line = NetworkLine(new_reader(), cap=1)
        assert store.admit(new_reader(), "a1", 5, window_at(ROLLING, NOW), network=line).newly
        assert not store.admit(new_reader(), "a2", 5, window_at(ROLLING, NOW), network=line).opened
        later = window_at(ROLLING, NOW + timedelta(days=30))
        assert store.admit(new_reader(), "a2", 5, later, network=line).newly


class TestAReaderWhoIsForgotten:
    def test_is_gone_from_every_window_and_nobody_else_is(self, store: MeterStore, new_reader: NewReader) -> None:
        reader, other = new_reader(), new_reader()
        windows = [MONTH, NEXT_MONTH, window_at(ROLLING, NOW)]
        for window in windows:
            store.admit(reader, "a1", 5, window)
            store.admit(other, "a1", 5, window)
        store.forget(reader)
        assert [store.peek(reader, "a1", window).views_used for window in windows] == [0, 0, 0]
        assert [store.peek(other, "a1", window).views_used for window in windows] == [1, 1, 1]

    def test_may_never_have_been_there(self, store: MeterStore, reader: str) -> None:
        store.forget(reader)
        assert store.admit(reader, "a1", 1, MONTH).newly


class TestASweep:
    def test_leaves_every_row_whose_window_may_still_be_asked_for(self, store: MeterStore, reader: str) -> None:
        store.ping()
        store.admit(reader, "a1", 1, MONTH)
        store.sweep(MONTH.resets_at)
        assert store.peek(reader, "a1", MONTH).opened

    @pytest.mark.parametrize("store_url", ["memory", "sqlite", "postgres"], indirect=True)
    def test_deletes_the_rows_of_windows_long_over(self, store: MeterStore, new_reader: NewReader) -> None:
        store.sweep(NOW + timedelta(days=400))
        for _ in range(5):
            store.admit(new_reader(), "a1", 1, MONTH)
        kept = new_reader()
        store.admit(kept, "a1", 1, NEXT_MONTH)
        assert store.sweep(MONTH.resets_at + timedelta(days=2)) == 5
        assert store.peek(kept, "a1", NEXT_MONTH).opened
