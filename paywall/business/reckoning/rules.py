"""All entries of a customer: every movement of monthly recurring revenue, and what else is counted."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from paywall.business.reckoning.beside import beside
from paywall.business.reckoning.stretches import Stretch, stretches_of
from paywall.business.reckoning.values import Book, Entry, Kind


def entries_of(books: Sequence[Book]) -> list[Entry]:
    """Return the entries of all subscriptions of one customer, some in the future: as it will be if nothing comes.

    What a customer pays is one sum in each currency: a second subscription is an expansion of the first.
    """
    laid = [(book, stretches_of(book)) for book in books]
    found = [entry for book, stretches in laid for entry in beside(book, stretches)]
    for currency in sorted({book.currency for book in books}):
        found.extend(_movements(currency, [one for book, some in laid if book.currency == currency for one in some]))
    return found


def _movements(currency: str, stretches: Iterable[Stretch]) -> Iterator[Entry]:
    level, was_here = 0, False
    for at, change, is_lost in _changes(stretches):
        if change:
            kind = _kind(level, level + change, was_here=was_here, is_lost=is_lost)
            yield Entry(kind, currency, at, change)
        level += change
        was_here = was_here or level > 0


def _changes(stretches: Iterable[Stretch]) -> list[tuple[datetime, int, bool]]:
    """Return by how much the sum changes at each moment, and whether something ended then against a reader's wish."""
    by_moment: Counter[datetime] = Counter()
    lost = set()
    for one in stretches:
        by_moment[one.begins_at] += one.monthly_minor
        by_moment[one.ends_at] -= one.monthly_minor
        if one.is_lost:
            lost.add(one.ends_at)
    return [(at, by_moment[at], at in lost) for at in sorted(by_moment)]


def _kind(before: int, after: int, *, was_here: bool, is_lost: bool) -> Kind:
    if before == 0:
        return Kind.REACTIVATED if was_here else Kind.NEW
    if after == 0:
        return Kind.LOST if is_lost else Kind.LEFT
    return Kind.EXPANSION if after > before else Kind.CONTRACTION
