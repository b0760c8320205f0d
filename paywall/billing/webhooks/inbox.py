"""The inbox in front of all work: every event that Stripe sends is kept once, by its id, before anything is done.

An event is waiting (to be worked off), parked (its customer is not ours yet), handled, or ignored (with the reason).
Nothing is ever dropped: what fails is tried again, later each time. Only ids are kept; the facts are always asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Exists, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from paywall import clock
from paywall.billing.subscriptions.tables import BillingEvent, Lease
from paywall.billing.webhooks.incoming import MONEY_BACK_TYPES, EventState, Note, row_of
from paywall.database import insert_all_once, insert_once

KEPT_FOR = timedelta(days=40)
"""Longer than Stripe can send an event again."""

_FIRST_RETRY_SECONDS = 5
_LAST_RETRY_SECONDS = 600


OPEN = (EventState.WAITING.value, EventState.PARKED.value)


@dataclass(frozen=True, slots=True)
class Noted:
    """An open event, as a worker notes it before asking Stripe."""

    id: int
    type: str
    object_id: str | None

    @property
    def is_about_money_back(self) -> bool:
        """True where it says that money went back, or that the bank may take it back."""
        return self.type in MONEY_BACK_TYPES


def receive(
    transaction: Session | Connection, event: Mapping[str, Any], *, livemode: bool, was_swept: bool = False
) -> bool:
    """Keep an event unless its id is known; returns whether it is new and waits for work. Raises BadPayload.

    `was_swept` says that it was fetched, not sent to us.
    """
    values = {**row_of(event, livemode=livemode), "was_swept": was_swept}
    is_new = insert_once(transaction, BillingEvent, values)
    if not is_new and not was_swept:
        late = BillingEvent.was_swept & (BillingEvent.event_id == values["event_id"])
        transaction.execute(update(BillingEvent).where(late).values(was_swept=False))
    return is_new and values["state"] == EventState.WAITING


def remind(session: Session, subject: str, cause: str) -> None:
    """Have a subscription looked at as if an event had come; once for each `cause`."""
    remind_of_all(session, {cause: subject})


def remind_of_all(session: Session, subjects: Mapping[str, str]) -> None:
    """Have subscriptions looked at, by the causes, as `remind` has one."""
    rows = [row_of(_reminder(subject, cause), livemode=False) for cause, subject in subjects.items()]
    insert_all_once(session, BillingEvent.event_id, rows)


def _reminder(subject: str, cause: str) -> dict[str, Any]:
    kind, found = "customer.subscription.reminder", {"id": subject}
    return {"id": cause, "object": "event", "type": kind, "livemode": False, "data": {"object": found}}


def due_subjects(session: Session, now: datetime, customers: Sequence[str] = (), most: int = 50) -> list[str]:
    """Return what must be asked about and nobody is at, longest waiting first; `now` is wall time.

    Parked events of known `customers` are due at once.
    """
    is_open = BillingEvent.state.in_(OPEN)
    is_due = or_(BillingEvent.due_at <= now, BillingEvent.customer_id.in_(list(customers)))
    query = select(BillingEvent.subject).where(is_open, is_due, ~_is_held(now), BillingEvent.subject.is_not(None))
    return [
        s
        for s in session.scalars(query.group_by(BillingEvent.subject).order_by(func.min(BillingEvent.id)).limit(most))
        if s
    ]


def is_worked_at(session: Session, now: datetime) -> bool:
    """Tell whether somebody is at open events; `now` is wall time."""
    query = select(BillingEvent.id).where(BillingEvent.state.in_(OPEN), _is_held(now)).limit(1)
    return session.scalar(query) is not None


def _is_held(now: datetime) -> Exists:
    return exists().where(Lease.subject == BillingEvent.subject, Lease.until > now)


def parked_customers(session: Session) -> list[str]:
    """Return the customers whose events wait for them to become ours."""
    query = select(BillingEvent.customer_id).where(BillingEvent.state == EventState.PARKED).distinct()
    return [customer for customer in session.scalars(query) if customer]


def note_open(session: Session, subject: str) -> tuple[Noted, ...]:
    """Return the open events of a subject: those that an answer fetched from now on takes care of."""
    query = select(BillingEvent.id, BillingEvent.type, BillingEvent.object_id)
    rows = session.execute(query.where(BillingEvent.subject == subject, BillingEvent.state.in_(OPEN)))
    return tuple(Noted(*row) for row in rows)


def mark_handled(session: Session, events: Sequence[Noted]) -> None:
    """Close events whose truth has been stored."""
    _set(session, events, state=EventState.HANDLED.value, handled_at=clock.wall(), note=None, last_error=None)


def mark_ignored(session: Session, events: Sequence[Noted], note: Note) -> None:
    """Close events that turned out to be of no concern."""
    _set(session, events, state=EventState.IGNORED.value, handled_at=clock.wall(), note=note.value)


def readdress(session: Session, events: Sequence[Noted], subject: str) -> None:
    """Give events to the subscription that they turned out to be about."""
    _set(session, events, subject=subject)


def park(session: Session, events: Sequence[Noted]) -> None:
    """Set events aside until their customer is ours."""
    _put_off(session, events, state=EventState.PARKED.value, note=Note.UNKNOWN_CUSTOMER.value)


def mark_failed(session: Session, events: Sequence[Noted], error: str) -> None:
    """Note a failed attempt; tried again after 5, 10, 20 … 600 seconds, for as long as it takes."""
    _put_off(session, events, last_error=error[:500])


def is_behind(session: Session, now: datetime, by: timedelta = timedelta(minutes=5)) -> bool:
    """Tell whether an event has waited for longer than `by` without being worked off."""
    waiting = BillingEvent.state == EventState.WAITING
    return (
        session.scalar(select(BillingEvent.id).where(waiting, BillingEvent.received_at < now - by).limit(1)) is not None
    )


def counts(session: Session) -> dict[str, int]:
    """Return how many events are in each state; ignored ones by their reason."""
    word = func.coalesce(BillingEvent.note, BillingEvent.state)
    rows = session.execute(select(word, func.count()).group_by(word))
    return {str(name): count for name, count in rows}


def sweep(session: Session, now: datetime) -> None:
    """Delete closed events that Stripe can't send again; `now` is wall time."""
    closed = and_(BillingEvent.state.not_in(OPEN), BillingEvent.received_at < now - KEPT_FOR)
    session.execute(delete(BillingEvent).where(closed))


def _put_off(session: Session, events: Sequence[Noted], **values: object) -> None:
    now = clock.wall()
    ids = [event.id for event in events]
    for row in session.scalars(select(BillingEvent).where(BillingEvent.id.in_(ids), BillingEvent.state.in_(OPEN))):
        row.attempts += 1
        seconds = min(_LAST_RETRY_SECONDS, _FIRST_RETRY_SECONDS * 2 ** min(row.attempts - 1, 10))
        row.due_at = now + timedelta(seconds=seconds)
        for name, value in values.items():
            setattr(row, name, value)


def _set(session: Session, events: Sequence[Noted], **values: Any) -> None:  # noqa: ANN401 - column values
    ids = [event.id for event in events]
    if ids:
        session.execute(update(BillingEvent).where(BillingEvent.id.in_(ids)).values(**values))
