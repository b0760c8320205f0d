"""Keyset pages: where a page begins, made up into one word of an address line, and which rows are on it.

A page costs the same wherever it is, and no row is shown twice or left out. Lists that are sorted by their number,
newest first, need no more than `by_number`; others pack what they are sorted by.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Row, Select
from sqlalchemy.orm import Session

from paywall.errors import BadInput

LONGEST = 2_000
LARGEST_ID = 2**63 - 1
USUAL_PAGE = 50
T = TypeVar("T")


class BadPage(BadInput):
    """The address line asks for a page that is not of this list."""

    status = 400
    code = "bad_page"

    def __init__(self) -> None:
        """Name the field."""
        super().__init__("page", "That page is not of this list. Begin with the first one.")


@dataclass(frozen=True, slots=True)
class Cut(Generic[T]):
    """The rows of one page in the list's order, and whether there is something before and behind it."""

    rows: Sequence[T]
    has_earlier: bool
    has_later: bool


@dataclass(frozen=True, slots=True)
class NumberedPage:
    """The rows of a page, newest first, and the words for the pages beside it, where there are some."""

    rows: Sequence[Row[*tuple[Any, ...]]]
    earlier: str | None = None
    later: str | None = None


@dataclass(frozen=True, slots=True)
class _Number:
    number: int
    is_backwards: bool


def pack(*values: object) -> str:
    """Return plain values as a word for an address line."""
    return base64.urlsafe_b64encode(json.dumps(values, ensure_ascii=False).encode()).decode().rstrip("=")


def unpack(word: str) -> list[Any]:
    """Return the values of a word; raises ValueError for one that `pack` has not made. The values are not trusted."""
    if len(word) > LONGEST or not word.isascii():
        raise ValueError(word[:9])
    try:
        values = json.loads(base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True))
    except (RecursionError, binascii.Error) as error:
        raise ValueError(word[:9]) from error
    if not isinstance(values, list):
        raise ValueError(word[:9])  # noqa: TRY004 - it is the word that is wrong, not what we were given
    return values


def cut(rows: Sequence[T], most: int, *, is_first: bool, is_backwards: bool) -> Cut[T]:
    """Return the page of the rows read from its cursor on, one more than it has.

    `is_first` where there was no cursor; backwards the rows come in the other order.
    """
    is_more, page = len(rows) > most, rows[:most]
    if is_backwards:
        return Cut(page[::-1], has_earlier=is_more, has_later=True)
    return Cut(page, has_earlier=not is_first, has_later=is_more)


def by_number(session: Session, query: Select[*tuple[Any, ...]], word: str, most: int = USUAL_PAGE) -> NumberedPage:
    """Return a page of the query's rows by their `id`, highest first; `word` is what an address line had.

    The query is one of columns, not of whole rows, and `id` is among them. Raises BadPage.
    """
    cursor, column = _read_number(word), query.selected_columns["id"]
    is_backwards = cursor is not None and cursor.is_backwards
    query = query.where(*_beyond(column, cursor)).order_by(column.asc() if is_backwards else column.desc())
    rows = session.execute(query.limit(most + 1)).all()
    found = cut(rows, most, is_first=cursor is None, is_backwards=is_backwards)
    earlier = f"after-{found.rows[0].id}" if found.has_earlier and found.rows else None
    return NumberedPage(found.rows, earlier, f"before-{found.rows[-1].id}" if found.has_later and found.rows else None)


def _beyond(column: ColumnElement[int], cursor: _Number | None) -> list[ColumnElement[bool]]:
    if cursor is None:
        return []
    return [column > cursor.number if cursor.is_backwards else column < cursor.number]


def _read_number(word: str) -> _Number | None:
    """Return what a word says: `before-7` goes on down the list, `after-7` up; None for the first page."""
    if not word:
        return None
    way, _, digits = word.partition("-")
    if way not in ("before", "after") or not digits.isascii() or not digits.isdigit() or int(digits[:20]) > LARGEST_ID:
        raise BadPage
    return _Number(int(digits[:20]), is_backwards=way == "after")
