"""A walk over the pages gives what a loop over all rows would give, in that order, no row twice and none left out."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paywall.admin.ground.cursors import Cut
from paywall.admin.subscribers.asking.cursor import Cursor, read_cursor, write_cursor
from paywall.admin.subscribers.asking.question import Question, Sign
from paywall.admin.subscribers.asking.sorts import Sort
from paywall.admin.subscribers.asking.spans import Span
from paywall.admin.subscribers.finding.choosing import Asked
from paywall.admin.subscribers.finding.paging import FEW, Place, count, find_page
from paywall.billing.subscriptions.status import Status
from paywall.entitlements.rules import Source
from tests.admin.subscribers.naive import Person, ids_in_order
from tests.admin.subscribers.world import CHOICES, CURRENCIES, DAY, KEYS, NOW, World

MOMENTS = st.none() | st.integers(-21, 4).map(lambda days: NOW + days * DAY)
SPANS = st.just(Span()) | st.builds(Span, MOMENTS, MOMENTS)
WORDS = st.sampled_from(["", "", "", "a", "ada", "ADA1", "a%", "a_", "a\\", "z", "å", "'; drop", "😀", "%", "_"])


def maybe(values: object) -> st.SearchStrategy[object]:
    """Mostly nothing, so that some questions have answers."""
    some = st.sampled_from(list(values))  # type: ignore[call-overload]
    return st.none() | st.none() | some


@st.composite
def questions(draw: st.DrawFn) -> Question:
    source = draw(maybe([*Source, "nobody"]))
    return Question(
        text=draw(WORDS),
        status=draw(maybe(Status)),  # type: ignore[arg-type]
        plan=draw(maybe(KEYS)),  # type: ignore[arg-type]
        currency=draw(maybe(CURRENCIES)),  # type: ignore[arg-type]
        joined=draw(SPANS),
        ends=draw(SPANS),
        source=source if isinstance(source, Source) else None,
        is_shut_out=source == "nobody",
        sign=draw(maybe(Sign)),  # type: ignore[arg-type]
        sort=draw(st.sampled_from(Sort)),
        per_page=draw(st.integers(1, 40)),
    )


def walk(world: World, question: Question, few: int) -> Iterator[Cut[Place]]:
    """Yield every page from the first on; each cursor goes through an address line."""
    while True:
        with world.database.reading() as session:
            page = find_page(session, Asked(world.publisher_id, question, CHOICES, NOW), few)
        yield page
        if not page.has_later:
            return
        question = replace(question, cursor=through_the_address(question.sort, page.rows[-1], is_backwards=False))


def through_the_address(sort: Sort, place: Place, *, is_backwards: bool) -> Cursor | None:
    return read_cursor(sort, write_cursor(sort, Cursor(place.value, place.reader_id, is_backwards)))


def ids(page: Cut[Place]) -> list[int]:
    return [place.reader_id for place in page.rows]


class TestWalkingThroughThePages:
    @settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(questions(), st.sampled_from([0, 10, FEW]))
    def test_each_row_comes_once_in_order_whichever_way_the_query_is_put(
        self, world: World, people: list[Person], question: Question, few: int
    ) -> None:
        expected = ids_in_order(people, question)
        pages = list(walk(world, question, few))
        assert [one for page in pages for one in ids(page)] == expected
        assert all(len(page.rows) == question.per_page for page in pages[:-1])
        assert [page.has_earlier for page in pages] == [False] + [True] * (len(pages) - 1)

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(questions(), st.sampled_from([0, FEW]))
    def test_going_back_gives_the_page_before(self, world: World, question: Question, few: int) -> None:
        for before, after in pairwise(walk(world, question, few)):
            cursor = through_the_address(question.sort, after.rows[0], is_backwards=True)
            with world.database.reading() as session:
                asked = Asked(world.publisher_id, replace(question, cursor=cursor), CHOICES, NOW)
                assert ids(find_page(session, asked, few)) == ids(before)

    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(questions(), st.sampled_from([3, FEW]), st.sampled_from([0, FEW]))
    def test_the_count_is_that_of_the_rows_up_to_where_it_stops(
        self, world: World, people: list[Person], question: Question, most: int, few: int
    ) -> None:
        expected = ids_in_order(people, question)
        with world.database.reading() as session:
            counted = count(session, Asked(world.publisher_id, question, CHOICES, NOW), most, few)
        assert counted == min(len(expected), most + 1)


class TestTheWorld:
    def test_it_has_what_makes_lists_go_wrong(self, people: list[Person]) -> None:
        """A world without ties, second subscriptions or signs would prove nothing."""
        joined = [one.reader.created_at for one in people]
        assert len(set(joined)) < len(joined) / 2
        for sign in Sign:
            assert ids_in_order(people, Question(sign=sign)), sign
        for source in Source:
            assert ids_in_order(people, Question(source=source)), source
        for status in Status:
            assert ids_in_order(people, Question(status=status)), status
        assert ids_in_order(people, Question(is_shut_out=True))
