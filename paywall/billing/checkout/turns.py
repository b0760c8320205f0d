"""Whose turn it is: of a reader's parallel clicks one opens the page at Stripe, the others wait for its address.

The turn is a claim on the reader's one open checkout row, made and ended in short transactions. A claim that is not
ended (its process died) runs out, and the next click goes on with the same attempt, so that Stripe answers the same
idempotency key with what it may have made already.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import update
from sqlalchemy.orm import Session

from paywall.billing.checkout.tables import Checkout, CheckoutState, end_checkout, open_checkout
from paywall.database import Database, insert_once

WORK_FOR = timedelta(seconds=10)
"""How long a silent maker is waited for. A slower one does no harm: both get the same page."""

PAGE_LIVES = timedelta(hours=23)
"""A page at Stripe lives for 24 hours, and so do idempotency keys."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a checkout is begun for."""

    publisher_id: int
    reader_id: int
    lookup_key: str
    next: str
    trial_days: int = 0
    coupon: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A reader's open checkout as it was found; `is_mine` where the caller may now work on it."""

    checkout_id: str
    worker: str
    is_mine: bool
    lookup_key: str
    next: str
    session_id: str | None
    url: str | None
    trial_days: int
    coupon: str | None

    def is_for(self, wish: Wish) -> bool:
        """Tell whether its page sells what is wanted now, beginning as it is promised now."""
        return (self.lookup_key, self.trial_days, self.coupon) == (wish.lookup_key, wish.trial_days, wish.coupon)


def take_turn(database: Database, wish: Wish, now: datetime, *, has_waited: bool) -> Turn:
    """Claim the reader's open checkout, beginning one if there is none; `now` is wall time.

    Who `has_waited` for a page that is ready now doesn't claim it: it was made this very moment.
    """
    with database.writing() as session:
        row = _open_row(session, wish, now)
        seen = _seen(row, is_mine=False)
        if row.worked_until > now or (has_waited and row.url and seen.is_for(wish)):
            return seen
        row.worker, row.worked_until = uuid4().hex, now + WORK_FOR
        return _seen(row, is_mine=True)


def keep_page(database: Database, turn: Turn, session_id: str, url: str, now: datetime) -> None:
    """Note the page that was made, and let the others go on."""
    _end_turn(database, turn, worked_until=now, session_id=session_id, url=url)


def end_turn(database: Database, turn: Turn, now: datetime) -> None:
    """Let go of the checkout; the next click goes on with the same attempt."""
    _end_turn(database, turn, worked_until=now)


def give_up(database: Database, turn: Turn, state: CheckoutState) -> None:
    """Close the checkout; the next click begins another, with an attempt of its own."""
    with database.writing() as session:
        end_checkout(session, turn.checkout_id, state)


def _open_row(session: Session, wish: Wish, now: datetime) -> Checkout:
    row = open_checkout(session, wish.reader_id)
    if row is not None and row.created_at < now - PAGE_LIVES:
        end_checkout(session, row.id, CheckoutState.CLOSED)
        row = None
    while row is None:  # a parallel click may begin one, or close it, between these two statements
        insert_once(session, Checkout, _new_row(wish, now))
        row = open_checkout(session, wish.reader_id)
    return row


def _new_row(wish: Wish, now: datetime) -> dict[str, object]:
    return {
        "id": uuid4().hex,
        "publisher_id": wish.publisher_id,
        "reader_id": wish.reader_id,
        "lookup_key": wish.lookup_key,
        "next": wish.next,
        "trial_days": wish.trial_days,
        "coupon": wish.coupon,
        "state": CheckoutState.OPEN,
        "worker": "",
        "worked_until": now,
        "created_at": now,
    }


def _seen(row: Checkout, *, is_mine: bool) -> Turn:
    return Turn(
        checkout_id=row.id,
        worker=row.worker,
        is_mine=is_mine,
        lookup_key=row.lookup_key,
        next=row.next,
        session_id=row.session_id,
        url=row.url,
        trial_days=row.trial_days,
        coupon=row.coupon,
    )


def _end_turn(database: Database, turn: Turn, **values: object) -> None:
    """Write only where the turn is still ours."""
    with database.writing() as session:
        mine = (Checkout.id == turn.checkout_id) & (Checkout.worker == turn.worker)
        session.execute(update(Checkout).where(mine).values(**values))
