"""What the address line may say, and what is answered to all else: the field by name, never a crash."""

import base64
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paywall.admin.subscribers.asking.bad import BadQuestion
from paywall.admin.subscribers.asking.cursor import Cursor, read_cursor, write_cursor
from paywall.admin.subscribers.asking.question import Question, Sign
from paywall.admin.subscribers.asking.reading import NAMES, filters_in, query_of, read_question
from paywall.admin.subscribers.asking.sorts import Sort
from paywall.billing.subscriptions.status import Status
from paywall.entitlements.rules import Source
from tests.admin.subscribers.world import CHOICES, NOW


def asked(query: str) -> Question:
    return read_question(parse_qsl(query, keep_blank_values=True), CHOICES)


def refused(name: str, value: str) -> BadQuestion:
    with pytest.raises(BadQuestion) as caught:
        read_question([(name, value)], CHOICES)
    assert caught.value.status == 400
    return caught.value


class TestTakingAQuestion:
    def test_an_empty_form_asks_for_everybody_newest_first(self) -> None:
        assert asked("&".join(f"{name}=" for name in NAMES)) == Question()

    def test_every_filter_is_taken(self) -> None:
        query = "q= ada &status=past_due&plan=digital&currency=EUR&source=comp&sign=shares&sort=ends&per_page=200"
        question = asked(query)
        assert question.text == "ada"
        assert (question.status, question.plan, question.currency) == (Status.PAST_DUE, "digital", "EUR")
        assert (question.source, question.sign) == (Source.COMP, Sign.SHARES)
        assert (question.sort, question.per_page) == (Sort.ENDS_FIRST, 200)

    def test_nobody_is_a_source_too(self) -> None:
        assert asked("source=none") == Question(is_shut_out=True)

    @pytest.mark.parametrize(
        "text", ["%_%", "'; drop table readers; --", "😀", "<img onerror>", "=1+1", "null", "{}", "-1"]
    )
    def test_a_search_takes_whatever_can_be_seen(self, text: str) -> None:
        assert read_question([("q", text)], CHOICES).text == text


class TestDays:
    def test_days_are_the_newspapers_own_and_the_last_is_included(self) -> None:
        joined = asked("from=2026-03-01&to=2026-03-31").joined
        assert joined.begins_at == datetime(2026, 2, 28, 20, tzinfo=UTC)
        assert joined.ends_at == datetime(2026, 3, 31, 20, tzinfo=UTC)

    def test_one_day_is_a_day_long(self) -> None:
        ends = asked("ends_from=2026-03-29&ends_to=2026-03-29").ends
        assert ends.begins_at is not None
        assert ends.ends_at is not None
        assert (ends.ends_at - ends.begins_at).total_seconds() == 24 * 3600

    @pytest.mark.parametrize("offset", ["%2B14:00", "+14:00", " 14:00"])
    def test_an_instant_may_have_any_offset_and_its_plus_may_have_become_a_blank(self, offset: str) -> None:
        assert asked(f"from=2026-03-29T02:30{offset}").joined.begins_at == datetime(2026, 3, 28, 12, 30, tzinfo=UTC)

    @pytest.mark.parametrize(
        "written",
        [
            "2026-02-30",
            "0001-01-01",
            "9999-12-31",
            "1960-12-31",
            "2026-3-1",
            "２０２６-03-01",
            "2026-03-01T25:00Z",
            "2026-03-01T10:00",
            "2026-03-01T10:00+99:00",
            "0001-01-01T00:00+14:00",
            "yesterday",
            "1e309",
            "NaN",
            "12",
        ],
    )
    def test_what_is_no_day_is_refused(self, written: str) -> None:
        for name in ("from", "to", "ends_from", "ends_to"):
            assert refused(name, written).field == name

    def test_the_first_day_must_not_come_after_the_last(self) -> None:
        with pytest.raises(BadQuestion) as caught:
            asked("from=2026-03-02&to=2026-03-01")
        assert caught.value.field == "from"


class TestRefusing:
    def test_an_unknown_word_is_answered_with_the_known_ones(self) -> None:
        assert all(status in refused("status", "nope").sentence for status in Status)
        assert refused("plan", "gold").field == "plan"
        assert refused("currency", "eur").field == "currency"
        assert refused("source", "institution").field == "source"
        assert refused("sign", "1").field == "sign"

    def test_nobody_sorts_by_what_is_not_shown(self) -> None:
        assert refused("sort", "password").field == "sort"

    @pytest.mark.parametrize(
        "value", ["0", "-1", "201", "100000", "1_000", "１２", "²", "1.0", "0x10", "9" * 23, "abc"]
    )
    def test_a_page_has_1_to_200_rows(self, value: str) -> None:
        assert refused("per_page", value).field == "per_page"

    @pytest.mark.parametrize(
        "text", ["a\0b", "x\r\nBcc: v@evil.example", "a\u202eb\u200b", "\ufeffx", "\ud800", "x" * 321]
    )
    def test_text_that_can_not_be_seen_or_is_too_long_is_refused(self, text: str) -> None:
        assert refused("q", text).field == "q"

    def test_a_name_that_comes_twice_is_refused_by_name(self) -> None:
        with pytest.raises(BadQuestion) as caught:
            asked("status=active&status=canceled")
        assert caught.value.field == "status"

    @pytest.mark.parametrize("name", ["status[]", "page[0]", "", "x\0", "\ud800", "é" * 99])
    def test_a_name_that_does_not_exist_is_refused(self, name: str) -> None:
        assert refused(name, "1").field.isascii()

    @pytest.mark.parametrize(
        "page", ["0", "-1", "abc", "1_000", "１２", "9" * 23, "x" * 9_000, "W10", "bnVsbA", "[[[", "===="]
    )
    def test_a_page_that_is_none_is_refused(self, page: str) -> None:
        assert refused("page", page).field == "page"

    @given(st.text(), st.text())
    def test_no_input_is_anything_but_a_question_or_a_bad_one(self, name: str, value: str) -> None:
        for which in (name, *NAMES):
            with suppress(BadQuestion):
                assert isinstance(read_question([(which, value)], CHOICES), Question)


class TestCursors:
    @pytest.mark.parametrize("sort", Sort)
    def test_they_come_back_as_they_were(self, sort: Sort) -> None:
        value = NOW if sort.is_by_time else "ådne😀@post.example"
        cursor = Cursor(value, 7, is_backwards=True)
        assert read_cursor(sort, write_cursor(sort, cursor)) == cursor

    def test_one_of_another_sort_is_refused(self) -> None:
        word = write_cursor(Sort.ADDRESS, Cursor("a", 1))
        with pytest.raises(BadQuestion):
            read_cursor(Sort.NEWEST, word)

    @pytest.mark.parametrize(
        "packed",
        [
            '["-joined","2026-01-01",1,false]',
            '["-joined","2026-01-01T00:00:00+04:00",1,false]',
            '["-joined",1,1,false]',
            '["-joined","2026-01-01T00:00:00+00:00",true,false]',
            '["-joined","2026-01-01T00:00:00+00:00",-1,false]',
            '["-joined","2026-01-01T00:00:00+00:00",9223372036854775808,false]',
            '["-joined"]',
            "{}",
            "1",
            '"abcd"',
            '["-joined","2026-01-01T00:00:00+00:00",1,0]',
        ],
    )
    def test_a_forged_one_is_refused(self, packed: str) -> None:
        word = base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")
        with pytest.raises(BadQuestion):
            read_cursor(Sort.NEWEST, word)

    def test_one_with_half_a_letter_is_refused(self) -> None:
        word = base64.urlsafe_b64encode(b'["address","\\ud800",1,false]').decode().rstrip("=")
        with pytest.raises(BadQuestion):
            read_cursor(Sort.ADDRESS, word)


class TestKeepingAQuestion:
    def test_two_that_mean_the_same_are_written_the_same(self) -> None:
        one = filters_in(parse_qsl("status=active&q= a&page=x&plan="))
        other = filters_in(parse_qsl("q=a&sort=&status=active"))
        assert query_of(one) == query_of(other) == "q=a&status=active"
