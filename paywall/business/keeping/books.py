"""Opening the books: the subscriptions and bills of some customers, as the rules want them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Row, Select, exists, select
from sqlalchemy.orm import Session

from paywall.billing.ledger.voiding import lost_at, refunded_at
from paywall.billing.subscriptions.pricing import next_payment
from paywall.billing.subscriptions.status import LIVE, LOST, RUNNING
from paywall.billing.subscriptions.tables import Invoice, Subscription
from paywall.business.reckoning.values import Bill, Book

_T = TypeVar("_T")
AT_ONCE = 300

_BILL = (
    Invoice.stripe_id,
    Invoice.subscription_id,
    Invoice.currency,
    Invoice.status,
    Invoice.reason,
    Invoice.total_minor,
    Invoice.tax_minor,
    Invoice.paid_minor,
    Invoice.refunded_minor,
    Invoice.dispute,
    Invoice.period_start_at,
    Invoice.period_end_at,
    Invoice.created_at,
    Invoice.opened_at,
    Invoice.paid_at,
    Invoice.was_attempted,
    Invoice.keeps_until,
)


def books_of(session: Session, publisher_id: int, customers: Sequence[str]) -> dict[str, list[Book]]:
    """Return the books of these customers; of a customer without any, none."""
    mine = (Subscription.publisher_id == publisher_id, Subscription.customer_id.in_(customers))
    rows = session.scalars(select(Subscription).where(*mine).order_by(Subscription.id)).all()
    bills = _bills_of(session, [row.stripe_id for row in rows])
    found: dict[str, list[Book]] = {customer: [] for customer in customers}
    for row in rows:
        found[row.customer_id].append(_book(row, [bill for _, bill in bills[row.stripe_id]]))
    return found


def books_left(session: Session, subscriptions: Sequence[str]) -> dict[str, list[Book]]:
    """Return what is left of subscriptions whose reader was erased, by their Stripe ids: their bills."""
    bills = _bills_of(session, subscriptions)
    return {one: [Book(some[0][0], tuple(bill for _, bill in some))] for one, some in bills.items()}


def customers_after(publisher_id: int, after: str, most: int) -> Select[str]:
    """Return the query of the next customers behind `after`, by their Stripe ids."""
    which = (Subscription.publisher_id == publisher_id, Subscription.customer_id > after)
    return select(Subscription.customer_id).where(*which).distinct().order_by(Subscription.customer_id).limit(most)


def orphans_after(publisher_id: int, after: str, most: int) -> Select[str]:
    """Return the query of the next subscriptions behind `after` of which only bills are left."""
    is_left = ~exists().where(Subscription.stripe_id == Invoice.subscription_id)
    which = (Invoice.publisher_id == publisher_id, Invoice.reader_id.is_(None), Invoice.subscription_id > after)
    return (
        select(Invoice.subscription_id).where(*which, is_left).distinct().order_by(Invoice.subscription_id).limit(most)
    )


def _book(row: Subscription, bills: Iterable[Bill]) -> Book:
    goes_on = row.cancels_at is None and not row.collection_is_paused
    is_due = goes_on and row.status in RUNNING and row.period_end_at is not None
    return Book(
        currency=row.currency,
        bills=tuple(bills),
        created_at=row.created_at,
        trial_ends_at=row.trial_end_at,
        ended_at=row.ended_at,
        ended_because=row.ended_because,
        renews=goes_on and row.status in LIVE,
        due_at=row.period_end_at if is_due else None,
        due_minor=next_payment(row).minor if is_due else 0,
    )


def _bills_of(session: Session, subscriptions: Sequence[str]) -> defaultdict[str, list[tuple[str, Bill]]]:
    """Return the bills of subscriptions, by the subscription's Stripe id, each with its currency."""
    rows = [row for some in batches(subscriptions) for row in _invoices(session, some)]
    refunded = [row.stripe_id for row in rows if 0 < row.paid_minor <= row.refunded_minor]
    disputed = [row.stripe_id for row in rows if row.dispute == LOST]
    back = {name: at for some in batches(refunded) for name, at in refunded_at(session, some).items()}
    taken = {name: at for some in batches(disputed) for name, at in lost_at(session, some).items()}
    found: defaultdict[str, list[tuple[str, Bill]]] = defaultdict(list)
    for row in rows:
        found[row.subscription_id].append((row.currency, _bill(row, back, taken)))
    return found


def _invoices(session: Session, subscriptions: Sequence[str]) -> Sequence[Any]:
    query = select(*_BILL).where(Invoice.subscription_id.in_(subscriptions))
    return session.execute(query.order_by(Invoice.created_at, Invoice.id)).all()


def _bill(row: Row[Any], back: dict[str, datetime], taken: dict[str, datetime]) -> Bill:
    asked_at, is_taken = row.opened_at or row.created_at, row.dispute == LOST
    is_void = is_taken or 0 < row.paid_minor <= row.refunded_minor
    void_from = (taken if is_taken else back).get(row.stripe_id, row.paid_at or asked_at) if is_void else None
    return Bill(
        status=row.status,
        reason=row.reason,
        net_minor=row.total_minor - row.tax_minor,
        total_minor=row.total_minor,
        starts_at=row.period_start_at,
        ends_at=row.period_end_at,
        asked_at=asked_at,
        paid_at=row.paid_at,
        was_attempted=row.was_attempted,
        void_from=row.keeps_until if is_void and not is_taken and row.keeps_until else void_from,
        was_taken_back=is_taken,
    )


def batches(things: Iterable[_T], size: int = AT_ONCE) -> Iterator[list[_T]]:
    """Yield the things in lists of at most so many."""
    iterator = iter(things)
    while some := list(islice(iterator, size)):
        yield some
