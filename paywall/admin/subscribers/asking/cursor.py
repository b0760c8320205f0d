"""Where in the list a page begins: the sort, the last row's value and its id, made up into one word."""

from dataclasses import dataclass
from datetime import UTC, datetime

from paywall.admin.ground.cursors import LARGEST_ID, pack, unpack
from paywall.admin.subscribers.asking.bad import BadQuestion
from paywall.admin.subscribers.asking.sorts import Sort

Value = datetime | str


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place behind one row of the list, or before it."""

    value: Value
    """What the list is sorted by: aware UTC, or an address."""
    reader_id: int
    is_backwards: bool = False
    """True for the page that ends just before the row."""


def write_cursor(sort: Sort, cursor: Cursor) -> str:
    """Return the cursor as a word for an address line."""
    value = cursor.value.isoformat() if isinstance(cursor.value, datetime) else cursor.value
    return pack(sort.value, value, cursor.reader_id, cursor.is_backwards)


def read_cursor(sort: Sort, word: str) -> Cursor | None:
    """Return the cursor that was written for this sort, None for an empty word; raises BadQuestion for `page`."""
    if not word:
        return None
    try:
        return _checked(sort, *unpack(word))
    except (ValueError, TypeError) as error:
        raise BadQuestion("page", "That page is not of this list. Begin with the first one.") from error


def _checked(sort: Sort, of: object, value: object, reader_id: object, is_backwards: object) -> Cursor:
    if of != sort.value or not isinstance(value, str) or "\0" in value:
        raise ValueError(of)
    value.encode()  # half a surrogate pair can't be asked for
    if type(reader_id) is not int or not 0 <= reader_id <= LARGEST_ID or type(is_backwards) is not bool:
        raise ValueError(reader_id)
    return Cursor(_moment(value) if sort.is_by_time else value, reader_id, is_backwards)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo != UTC:
        raise ValueError(text)
    return moment
