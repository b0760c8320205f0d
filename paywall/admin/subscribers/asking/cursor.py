"""Where in the list a page begins: the sort, the last row's value and its id, made up into one word."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from paywall.admin.subscribers.asking.bad import BadQuestion
from paywall.admin.subscribers.asking.sorts import Sort

LONGEST = 2_000
_LARGEST_ID = 2**63 - 1
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
    packed = json.dumps([sort.value, value, cursor.reader_id, cursor.is_backwards], ensure_ascii=False)
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def read_cursor(sort: Sort, word: str) -> Cursor | None:
    """Return the cursor that was written for this sort, None for an empty word; raises BadQuestion for `page`."""
    if not word:
        return None
    try:
        return _checked(sort, *json.loads(_unpacked(word)))
    except (ValueError, TypeError, RecursionError, binascii.Error) as error:
        raise BadQuestion("page", "That page is not of this list. Begin with the first one.") from error


def _unpacked(word: str) -> bytes:
    if len(word) > LONGEST or not word.isascii():
        raise ValueError(word[:9])
    return base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)


def _checked(sort: Sort, of: object, value: object, reader_id: object, is_backwards: object) -> Cursor:
    if of != sort.value or not isinstance(value, str) or "\0" in value:
        raise ValueError(of)
    value.encode()  # half a surrogate pair can't be asked for
    if type(reader_id) is not int or not 0 <= reader_id <= _LARGEST_ID or type(is_backwards) is not bool:
        raise ValueError(reader_id)
    return Cursor(_moment(value) if sort.is_by_time else value, reader_id, is_backwards)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo != UTC:
        raise ValueError(text)
    return moment
