"""Reading a question from the address line: each name once, each value one that there is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from paywall.admin.subscribers.asking.bad import BadQuestion
from paywall.admin.subscribers.asking.cursor import read_cursor
from paywall.admin.subscribers.asking.question import NOBODY, USUAL_PAGE, Question, Sign
from paywall.admin.subscribers.asking.sorts import Sort
from paywall.admin.subscribers.asking.spans import read_span
from paywall.billing.subscriptions.status import Status
from paywall.entitlements.rules import Source

FILTERS = ("q", "status", "plan", "currency", "from", "to", "ends_from", "ends_to", "source", "sign")
"""The names that narrow the list, in the order in which they are shown."""
NAMES = (*FILTERS, "sort", "page", "per_page")
LONGEST_TEXT = 320
MOST_PER_PAGE = 200
MOST_FIELDS = 40
_SOURCES = (*Source, NOBODY)
Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Choices:
    """What a publisher's list can be narrowed to besides the closed lists."""

    zone: ZoneInfo
    plans: Mapping[str, tuple[str, ...]]
    """The lookup keys of each plan's prices, by the plan's slug."""
    currencies: tuple[str, ...]
    plan_names: Mapping[str, str] = field(default_factory=dict)


def read_question(given: Iterable[tuple[str, str]], choices: Choices) -> Question:
    """Return what was asked, by names and values as they came; raises BadQuestion naming the first that is wrong."""
    said = _once(given)
    source = _one_of("source", said["source"], _SOURCES)
    sort = Sort(_one_of("sort", said["sort"], tuple(Sort)) or Sort.NEWEST)
    return Question(
        text=_text(said["q"]),
        status=_word("status", said["status"], Status),
        plan=_one_of("plan", said["plan"], choices.plans),
        currency=_one_of("currency", said["currency"], choices.currencies),
        joined=read_span(("from", "to"), (said["from"], said["to"]), choices.zone),
        ends=read_span(("ends_from", "ends_to"), (said["ends_from"], said["ends_to"]), choices.zone),
        source=Source(source) if source and source != NOBODY else None,
        is_shut_out=source == NOBODY,
        sign=_word("sign", said["sign"], Sign),
        sort=sort,
        cursor=read_cursor(sort, said["page"]),
        per_page=_per_page(said["per_page"]),
    )


def given_in(query_string: bytes) -> list[tuple[str, str]]:
    """Return names and values as an address line has them; raises BadQuestion for what is no text, or far too much."""
    try:
        return parse_qsl(query_string.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise BadQuestion("address", "This address holds something that is no text. Begin with the list.") from error


def filters_in(given: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return what narrows or sorts the list, without what is empty, in one order: two that mean the same are equal."""
    said = _once(given)
    return {name: said[name] for name in (*FILTERS, "sort") if said[name]}


def query_of(filters: Mapping[str, str], **more: str) -> str:
    """Return the query string that asks for these."""
    return urlencode({**filters, **more})


def _once(given: Iterable[tuple[str, str]]) -> dict[str, str]:
    said: dict[str, str] = dict.fromkeys(NAMES, "")
    seen: set[str] = set()
    for name, value in given:
        if name not in said:
            raise BadQuestion(_shown(name), f"There is no such filter. There are: {', '.join(NAMES)}.")
        if name in seen:
            raise BadQuestion(name, "This is there twice: say it once.")
        seen.add(name)
        said[name] = value.strip(" ")
    return said


def _shown(name: str) -> str:
    """Return a name that came from outside in a form that can be shown anywhere."""
    return name[:40].encode("ascii", "backslashreplace").decode() or "?"


def _text(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise BadQuestion("q", f"Search for at most {LONGEST_TEXT} characters.")
    if not text.isprintable():
        raise BadQuestion("q", "There are characters in this that can't be seen. Type it anew.")
    return text


def _one_of(name: str, value: str, known: Iterable[str]) -> str | None:
    if not value:
        return None
    if value not in known:
        raise BadQuestion(name, f"There is no such {name}. There are: {', '.join(known) or 'none yet'}.")
    return value


def _word(name: str, value: str, words: type[Word]) -> Word | None:
    found = _one_of(name, value, tuple(words))
    return words(found) if found else None


def _per_page(written: str) -> int:
    if not written:
        return USUAL_PAGE
    if not (written.isascii() and written.isdigit() and len(written) <= 4 and 1 <= int(written) <= MOST_PER_PAGE):
        raise BadQuestion("per_page", f"A page has 1 to {MOST_PER_PAGE} rows.")
    return int(written)
