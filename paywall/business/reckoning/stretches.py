"""When a subscription counts, and with how much a month: stretches of time, from its paid bills."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction

from paywall.business.reckoning.months import months_between, rounded, share
from paywall.business.reckoning.values import Bill, Book

A_DAY = timedelta(days=1)
PATIENCE = timedelta(days=14)
"""How long a renewal that was asked for and not paid still counts; a plan's own grace period changes nothing here."""
_NOT_THE_READERS_WISH = frozenset({"payment_failed", "payment_disputed"})


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `begins_at` up to `ends_at`, at `monthly_minor`."""

    begins_at: datetime
    ends_at: datetime
    monthly_minor: int
    late_from: datetime | None
    """From when its renewal is more than a day late, if that was asked for."""
    is_lost: bool
    """What ends it is not the reader's wish."""


@dataclass(frozen=True, slots=True)
class _Price:
    """What a whole period costs."""

    starts_at: datetime
    ends_at: datetime
    amount: int | Fraction

    @property
    def monthly_minor(self) -> int:
        return max(rounded(self.amount, months_between(self.starts_at, self.ends_at)), 0)


def stretches_of(book: Book) -> list[Stretch]:
    """Return the stretches in which a subscription counts, in order; they do not overlap."""
    paid = sorted((bill for bill in book.bills if _buys_time(bill)), key=_begins_at)
    found: list[Stretch] = []
    prices: list[tuple[_Price, Bill]] = []
    for bill in paid:
        price = _price_of(bill, _running(prices, bill))
        if price is not None:
            prices.append((price, bill))
            _lay_over(found, _stretch(book, bill, price))
    return found


def _buys_time(bill: Bill) -> bool:
    return (
        bill.status == "paid"
        and bill.starts_at is not None
        and bill.ends_at is not None
        and bill.ends_at > _begins_at(bill)
    )


def _begins_at(bill: Bill) -> datetime:
    """Return from when a paid bill counts: its period has begun, and it is paid."""
    return max(bill.starts_at or bill.asked_at, bill.paid_at or bill.asked_at)


def _running(prices: Sequence[tuple[_Price, Bill]], bill: Bill) -> _Price | None:
    """Return what was paid for when a change was billed."""
    if bill.reason != "subscription_update" or bill.starts_at is None:
        return None
    at = bill.starts_at
    in_force = (price for price, paid in reversed(prices) if _holds(price, paid, at))
    return next(in_force, None)


def _holds(price: _Price, bill: Bill, at: datetime) -> bool:
    return price.starts_at <= at < price.ends_at and (bill.void_from is None or at < bill.void_from)


def _price_of(bill: Bill, running: _Price | None) -> _Price | None:
    """Return what a whole period costs by a bill; a change was billed less the part of the old price left unused."""
    starts_at, ends_at = bill.starts_at or bill.asked_at, bill.ends_at or bill.asked_at
    if running is None:
        return _Price(starts_at, ends_at, bill.net_minor) if bill.net_minor > 0 else None
    left = share(running.starts_at, starts_at, running.ends_at)
    if ends_at == running.ends_at and left:
        return replace(running, amount=running.amount + Fraction(bill.net_minor) / left)
    return _Price(starts_at, ends_at, bill.net_minor + running.amount * left)


def _stretch(book: Book, bill: Bill, price: _Price) -> Stretch:
    paid_until, is_asked = price.ends_at, _renewal_is_asked(book, price.ends_at)
    ends_at, is_lost = paid_until, False
    if is_asked:
        ends_at, is_lost = paid_until + PATIENCE, True
    elif book.renews:
        ends_at = paid_until + A_DAY
    if book.ended_at is not None and book.ended_at <= ends_at:
        ends_at, is_lost = book.ended_at, book.ended_because in _NOT_THE_READERS_WISH
    if bill.void_from is not None and bill.void_from <= ends_at:
        ends_at, is_lost = bill.void_from, bill.was_taken_back
    late_from = paid_until + A_DAY if is_asked else None
    return Stretch(_begins_at(bill), ends_at, price.monthly_minor, late_from, is_lost)


def _renewal_is_asked(book: Book, paid_until: datetime) -> bool:
    """Tell whether there is a bill for what follows, paid or not."""
    return any(
        bill.was_asked_for and bill.starts_at is not None and abs(bill.starts_at - paid_until) <= A_DAY
        for bill in book.bills
        if bill.reason != "subscription_update"
    )


def _lay_over(found: list[Stretch], new: Stretch) -> None:
    """Let the newest hold while it lasts; where an older one lasts longer, that holds again."""
    if new.begins_at >= new.ends_at:
        return
    behind: list[Stretch] = []
    while found and found[-1].ends_at > new.begins_at:
        old = found.pop()
        if old.ends_at > new.ends_at:
            behind.append(replace(old, begins_at=max(old.begins_at, new.ends_at)))
        if old.begins_at < new.begins_at:
            found.append(replace(old, ends_at=new.begins_at, is_lost=False))
    found.append(new)
    found.extend(reversed(behind))
