"""The whole page: what was asked, what was found or what is wrong, where to go from here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from paywall.admin.ground.cursors import Cut
from paywall.admin.subscribers.asking.bad import BadQuestion
from paywall.admin.subscribers.asking.cursor import Cursor, write_cursor
from paywall.admin.subscribers.asking.question import USUAL_PAGE, Question
from paywall.admin.subscribers.asking.reading import NAMES, Choices, filters_in, given_in, query_of, read_question
from paywall.admin.subscribers.finding.choosing import Asked
from paywall.admin.subscribers.finding.lines import lines_of
from paywall.admin.subscribers.finding.paging import Place, find_page
from paywall.admin.subscribers.saved.counting import Counts
from paywall.admin.subscribers.saved.keeping import views_of
from paywall.admin.subscribers.showing.form import Chip, Select, chips, selects
from paywall.admin.subscribers.showing.rows import Row, row_of

MOST_SHOWN = 1_000
"""Of what was typed wrongly, so much is shown again."""


@dataclass(frozen=True, slots=True)
class ViewLink:
    """A saved view, and how many readers it is about."""

    view_id: int
    name: str
    query: str
    count: str
    is_shown: bool


@dataclass(frozen=True, slots=True)
class ListPage:
    """All that the page says. `wrong` is None where the question made sense."""

    status: int
    filters: dict[str, str]
    query: str
    """The filters and the sort, without a page."""
    selects: list[Select]
    chips: list[Chip]
    views: list[ViewLink]
    rows: list[Row]
    earlier: str | None = None
    """The query string of the page before, where there is one."""
    later: str | None = None
    wrong: BadQuestion | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose list it is, what it can be narrowed to, and the counts that are kept between pages."""

    publisher_id: int
    choices: Choices
    counts: Counts


def list_page(session: Session, desk: Desk, query_string: bytes, now: datetime) -> ListPage:
    """Return the page for what an address line asks; a bad question is shown beside its field, with status 400."""
    given: list[tuple[str, str]] = []
    try:
        given = given_in(query_string)
        question = read_question(given, desk.choices)
    except BadQuestion as wrong:
        return replace(_frame(session, desk, _as_typed(given)), status=400, wrong=wrong)
    filters = filters_in(given)
    asked = Asked(desk.publisher_id, question, desk.choices, now)
    page = find_page(session, asked)
    return replace(
        _frame(session, desk, filters),
        rows=_rows(session, asked, page),
        earlier=_beside(filters, question, page.rows[:1], is_backwards=True) if page.has_earlier else None,
        later=_beside(filters, question, page.rows[-1:], is_backwards=False) if page.has_later else None,
    )


def newest_rows(session: Session, publisher_id: int, choices: Choices, most: int, now: datetime) -> list[Row]:
    """Return the rows of those who joined last."""
    asked = Asked(publisher_id, Question(per_page=most), choices, now)
    return _rows(session, asked, find_page(session, asked))


def _rows(session: Session, asked: Asked, page: Cut[Place]) -> list[Row]:
    lines = lines_of(session, asked.publisher_id, [place.reader_id for place in page.rows])
    return [row_of(line, asked.choices.plan_names, asked.choices.zone, asked.now) for line in lines]


def _frame(session: Session, desk: Desk, filters: dict[str, str]) -> ListPage:
    query = query_of(filters)
    views = [
        ViewLink(
            view_id=view.id,
            name=view.name,
            query=view.query,
            count=desk.counts.of(session, desk.publisher_id, view.query, desk.choices),
            is_shown=view.query == query,
        )
        for view in views_of(session, desk.publisher_id)
    ]
    return ListPage(200, filters, query, selects(filters, desk.choices), chips(filters, desk.choices), views, [])


def _as_typed(given: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return what was typed into the form, right or wrong, so that nothing of it is lost."""
    return {name: _showable(value) for name, value in given if name in NAMES and name != "page" and value}


def _showable(value: str) -> str:
    return value[:MOST_SHOWN].encode("utf-8", "replace").decode()


def _beside(filters: dict[str, str], question: Question, places: Sequence[Place], *, is_backwards: bool) -> str:
    """Return the query string of the page that ends before the place given, or begins behind it; else of the first."""
    more = {} if question.per_page == USUAL_PAGE else {"per_page": str(question.per_page)}
    for place in places:
        more["page"] = write_cursor(question.sort, Cursor(place.value, place.reader_id, is_backwards))
    return query_of(filters, **more)
