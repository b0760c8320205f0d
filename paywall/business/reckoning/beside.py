"""What is counted beside the revenue: trials, renewals that are late, payments that failed, payments that are due."""

from collections.abc import Iterable, Iterator
from itertools import chain

from paywall.business.reckoning.stretches import A_DAY, Stretch
from paywall.business.reckoning.values import Bill, Book, Entry, Kind

_UNPAID = frozenset({"open", "uncollectible"})


def beside(book: Book, stretches: list[Stretch]) -> Iterable[Entry]:
    """Yield them for one subscription."""
    return chain(_trial(book, stretches), _late(book, stretches), _failed(book), _due(book))


def _trial(book: Book, stretches: list[Stretch]) -> Iterator[Entry]:
    if book.trial_ends_at is None or book.created_at is None:
        return
    yield Entry(Kind.TRIAL_BEGUN, book.currency, book.created_at)
    over_at = min(book.trial_ends_at, book.ended_at or book.trial_ends_at)
    yield Entry(Kind.TRIAL_WON if stretches else Kind.TRIAL_OVER, book.currency, max(over_at, book.created_at))


def _late(book: Book, stretches: list[Stretch]) -> Iterator[Entry]:
    for one in stretches:
        if one.late_from is not None and one.monthly_minor and max(one.late_from, one.begins_at) < one.ends_at:
            yield Entry(Kind.LATE, book.currency, max(one.late_from, one.begins_at), one.monthly_minor)
            yield Entry(Kind.LATE_OVER, book.currency, one.ends_at, one.monthly_minor)


def _failed(book: Book) -> Iterator[Entry]:
    for bill in book.bills:
        if bill.reason != "subscription_create" and bill.total_minor > 0 and _has_failed(bill):
            yield Entry(Kind.FAILED, book.currency, bill.asked_at, bill.total_minor)
            if bill.status == "paid":
                yield Entry(Kind.RECOVERED, book.currency, bill.asked_at, bill.total_minor)


def _has_failed(bill: Bill) -> bool:
    if bill.status == "paid":
        return bill.paid_at is not None and bill.paid_at - bill.asked_at > A_DAY
    return bill.status in _UNPAID and bill.was_attempted


def _due(book: Book) -> Iterator[Entry]:
    if book.due_at is not None:
        yield Entry(Kind.DUE, book.currency, book.due_at, book.due_minor)
