"""One page of the list, by keyset: a page costs the same wherever it is, and no row is shown twice or left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, func, literal, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from paywall.admin.ground.cursors import Cut, cut
from paywall.admin.subscribers.asking.cursor import Value
from paywall.admin.subscribers.asking.question import Question
from paywall.admin.subscribers.finding.choosing import Asked, parts_of
from paywall.admin.subscribers.finding.membership import is_one_of
from paywall.admin.subscribers.finding.parts import Has, Part
from paywall.entitlements.conditions import is_last
from paywall.entitlements.tables import EntitlementRow
from paywall.readers.tables import Reader

FEW = 5_000
"""Up to so many are listed and looked at; of more, the list is walked in its order. Of a million both cost alike."""
MOST_COUNTED = 10_000
"""Counting stops there."""
_ALL = 2**31
"""More than there will ever be. A query with a limit stays a query of its own: neither database turns it around."""


@dataclass(frozen=True, slots=True)
class Place:
    """A row's place in the list."""

    reader_id: int
    value: Value


@dataclass(frozen=True, slots=True)
class _Walk:
    """Along what a list is walked: a table with one row for each reader, and the column by which it is sorted."""

    table: type[Any]
    reader_id: SQLColumnExpression[int]
    value: InstrumentedAttribute[Any]
    conditions: tuple[ColumnElement[bool], ...] = ()


def find_page(session: Session, asked: Asked, few: int = FEW) -> Cut[Place]:
    """Return the page that was asked for; one row more than it has is read to know whether it is the last."""
    cursor, most = asked.question.cursor, asked.question.per_page
    rows = session.execute(page_query(session, asked, few).limit(most + 1)).all()
    places = [Place(reader_id, value) for reader_id, value in rows]
    is_backwards = cursor is not None and cursor.is_backwards
    return cut(places, most, is_first=cursor is None, is_backwards=is_backwards)


def page_query(session: Session, asked: Asked, few: int = FEW) -> Select[int, Any]:
    """Return the query of (reader's id, value) from the cursor on, without a limit; lists first to choose its form."""
    parts, walk, question = parts_of(session, asked), _walk(asked), asked.question
    listed = fewest(session, parts, few)
    query = _matching(session, walk, parts, listed).where(*_behind(walk, question))
    if listed is None:
        return query.order_by(*_order(walk.value, walk.reader_id, question))
    reader_id, value = query.limit(_ALL).subquery().c
    return select(reader_id, value).order_by(*_order(value, reader_id, question))


def count(session: Session, asked: Asked, most: int = MOST_COUNTED, few: int = FEW) -> int:
    """Return how many readers the question is about; `most` + 1 where they are more than that."""
    parts, walk = parts_of(session, asked), _walk(asked)
    listed = fewest(session, parts, few)
    begin = next((part for part in parts if part.chosen() is not None), None) if listed is None else None
    query = _matching(session, walk, [part for part in parts if part is not begin], listed)
    chosen = begin.chosen() if begin else None
    if chosen is not None:  # many, but to begin with them is quicker than to walk until ten thousand are found
        query = query.where(walk.reader_id.in_(chosen))
    return session.scalar(select(func.count()).select_from(query.limit(most + 1).subquery())) or 0


@dataclass(frozen=True, slots=True)
class Listed:
    """A part that holds of few readers, and who they are."""

    part: Part
    reader_ids: Sequence[int]


def fewest(session: Session, parts: Sequence[Part], most: int) -> Listed | None:
    """Return the part that holds of the fewest readers, if they are few; counts no further than that."""
    best: tuple[Part, Select[int]] | None = None
    for part in parts:
        chosen = part.chosen()
        if chosen is None:
            continue
        found = session.scalar(select(func.count()).select_from(chosen.limit(most + 1).subquery())) or 0
        if found <= most:
            best, most = (part, chosen), found
    return Listed(best[0], session.scalars(best[1]).all()) if best else None


def _walk(asked: Asked) -> _Walk:
    key = asked.question.sort.key
    if key == "ends":
        conditions = [EntitlementRow.publisher_id == asked.publisher_id, is_last(EntitlementRow)]
        if asked.question.shows_only_what_is_to_end:
            conditions.append(EntitlementRow.valid_until > asked.now)
        return _Walk(EntitlementRow, EntitlementRow.reader_id, EntitlementRow.valid_until, tuple(conditions))
    value = Reader.email_normalized if key == "address" else Reader.created_at
    return _Walk(Reader, Reader.id, value)


def _matching(session: Session, walk: _Walk, parts: Sequence[Part], listed: Listed | None) -> Select[int, Any]:
    """Return the query of all that match; where there are few they are looked at one by one, not walked to."""
    tests = [_test(walk, part) for part in parts if listed is None or part is not listed.part]
    query: Select[int, Any] = select(walk.reader_id, walk.value.label("value")).where(*walk.conditions, *tests)
    return query if listed is None else query.where(is_one_of(session, walk.reader_id, listed.reader_ids))


def _test(walk: _Walk, part: Part) -> ColumnElement[bool]:
    if isinstance(part, Has) and part.table is walk.table and (part.is_of_most or part.along == walk.value.key):
        return and_(*part.conditions(walk.table))
    return part.holds_for(walk.reader_id)


def _behind(walk: _Walk, question: Question) -> list[ColumnElement[bool]]:
    """Return the condition that a row comes behind the cursor, in the direction in which the page is read."""
    if question.cursor is None:
        return []
    here = tuple_(walk.value, walk.reader_id)
    there = tuple_(literal(question.cursor.value, walk.value.type), literal(question.cursor.reader_id))
    return [here < there if _goes_down(question) else here > there]


def _order(value: Any, reader_id: Any, question: Question) -> list[ColumnElement[Any]]:  # noqa: ANN401 - any columns
    return [one.desc() if _goes_down(question) else one.asc() for one in (value, reader_id)]


def _goes_down(question: Question) -> bool:
    is_backwards = question.cursor is not None and question.cursor.is_backwards
    return question.sort.is_descending is not is_backwards
