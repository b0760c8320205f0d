"""What an act on many would do: to whom, and to whom it would not, each reader looked at."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256

from sqlalchemy.orm import Session

from paywall.admin.acting.bulk.asking import Whom
from paywall.admin.acting.bulk.rules import ERASED, Order, counted, left_out
from paywall.admin.acting.bulk.standing import standings
from paywall.admin.subscribers.asking.cursor import Cursor
from paywall.admin.subscribers.finding.choosing import Asked
from paywall.admin.subscribers.finding.paging import find_page
from paywall.errors import PaywallError

MOST = 5_000
_AT_ONCE = 500


class TooMany(PaywallError):
    """These are more than 5,000 readers. Narrow the list, and do it in parts."""

    status = 422
    code = "too_many"


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Whom it is about, to how many it will be done, and to how many not, with the reason."""

    order: Order
    reader_ids: tuple[int, ...]
    will_be_done: int
    left_out: dict[str, int]
    why_not: dict[int, str]
    """Of each reader, by id; empty where it will be done."""
    seal: str
    """What tells this from the same act on others, or with another outcome for one of them."""


def foresee(session: Session, whom: Whom, order: Order) -> Foreseen:
    """Return what would happen; raises TooMany. Changes nothing."""
    ids: list[int] = []
    words: dict[int, str] = {}
    for some in _pages(session, whom.asked) if whom.ticked is None else [list(whom.ticked)]:
        ids += some
        if len(ids) > MOST:
            raise TooMany
        found = standings(session, whom.asked.publisher_id, some, whom.asked.now)
        words |= {one: left_out(order, found[one], whom.asked.now) if one in found else ERASED for one in some}
    said = list(words.values())
    seal = sha256(repr((ids, said)).encode()).hexdigest()
    return Foreseen(order, tuple(ids), said.count(""), counted(word for word in said if word), words, seal)


def _pages(session: Session, asked: Asked) -> Iterator[list[int]]:
    question = replace(asked.question, cursor=None, per_page=_AT_ONCE)
    while True:
        page = find_page(session, replace(asked, question=question))
        yield [place.reader_id for place in page.rows]
        if not page.has_later:
            return
        last = page.rows[-1]
        question = replace(question, cursor=Cursor(last.value, last.reader_id))
