"""The inbox in front of all work: every event that Stripe sends is kept once, by its id, before anything is done.

An event is waiting (to be worked off), parked (its customer is not ours yet), handled, or ignored (with the reason).
Nothing is ever dropped: what fails is tried again, later each time. Only ids are kept; the facts are always asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from paywall import clock
from paywall.billing.snapshot import at, id_of, subscription_of_invoice
from paywall.billing.stripe_errors import BadPayload
from paywall.billing.subscription_tables import BillingEvent
from paywall.database import insert_once

KEPT_FOR = timedelta(days=40)
"""Longer than Stripe can send an event again."""

_LONGEST_WORD = 255
_FIRST_RETRY_SECONDS = 5
_LAST_RETRY_SECONDS = 600
_LATEST_YEAR_SECONDS = 253_402_300_799  # the end of the year 9999: later times can't be stored


class EventState(StrEnum):
    """Where an event stands; the first two are still open."""

    WAITING = "waiting"
    PARKED = "parked"
    HANDLED = "handled"
    IGNORED = "ignored"


class Note(StrEnum):
    """Why an event was ignored or parked."""

    LIVEMODE = "other livemode"
    ACCOUNT = "other account"
    THIN = "thin event"
    TYPE = "type of no concern"
    NO_SUBSCRIPTION = "no subscription"
    FOREIGN_PRICE = "foreign price"
    READER_ERASED = "reader erased"
    GONE = "unknown to Stripe"
    UNKNOWN_CUSTOMER = "unknown customer"


OPEN = (EventState.WAITING.value, EventState.PARKED.value)

_REFUND_TYPES = frozenset(
    {"charge.refunded", "charge.refund.updated", "refund.created", "refund.updated", "refund.failed"}
)
_CHECKOUT_TYPES = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
    }
)


@dataclass(frozen=True, slots=True)
class Noted:
    """An open event, as a worker notes it before asking Stripe."""

    id: int
    type: str
    object_id: str | None

    @property
    def is_about_refunds(self) -> bool:
        """True where it says that money went back."""
        return self.type in _REFUND_TYPES


def receive(session: Session, event: Mapping[str, Any], *, livemode: bool) -> bool:
    """Keep an event unless its id is known; returns whether it is new and waits for work. Raises BadPayload."""
    values = _row(event, livemode=livemode)
    is_new = insert_once(session, BillingEvent, values)
    return is_new and values["state"] == EventState.WAITING


def remind(session: Session, subject: str, cause: str) -> None:
    """Have a subscription looked at as if an event had come; once for each `cause`."""
    found = {"id": subject}
    kind = "customer.subscription.reminder"
    event = {"id": cause, "object": "event", "type": kind, "livemode": False, "data": {"object": found}}
    insert_once(session, BillingEvent, _row(event, livemode=False))


def due_subjects(session: Session, now: datetime, customers: Sequence[str] = (), most: int = 50) -> list[str]:
    """Return what must be asked about, longest waiting first; parked events of known `customers` are due at once."""
    is_open = BillingEvent.state.in_(OPEN)
    is_due = or_(BillingEvent.due_at <= now, BillingEvent.customer_id.in_(list(customers)))
    query = select(BillingEvent.subject).where(is_open, is_due, BillingEvent.subject.is_not(None))
    return [
        s
        for s in session.scalars(query.group_by(BillingEvent.subject).order_by(func.min(BillingEvent.id)).limit(most))
        if s
    ]


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


def _row(event: Mapping[str, Any], *, livemode: bool) -> dict[str, Any]:
    data = event.get("data")
    found = data.get("object") if isinstance(data, Mapping) else None
    found = found if isinstance(found, Mapping) else {}
    kind = _word(event.get("type"))
    subject, note = _subject(kind, found), _reason_to_ignore(event, livemode=livemode)
    if note is None and not _concerns_us(kind):
        note = Note.TYPE
    elif note is None and subject is None:
        note = Note.NO_SUBSCRIPTION
    now = clock.wall()
    return {
        "event_id": _word(event.get("id")),
        "type": kind,
        "subject": subject,
        "object_id": _maybe_word(found.get("id")),
        "customer_id": _maybe_word(id_of(found.get("customer"))),
        "created_at": _time(event.get("created"), now),
        "received_at": now,
        "due_at": now,
        "state": (EventState.IGNORED if note else EventState.WAITING).value,
        "note": note.value if note else None,
        "attempts": 0,
        "handled_at": now if note else None,
    }


def _reason_to_ignore(event: Mapping[str, Any], *, livemode: bool) -> Note | None:
    if event.get("object") != "event":
        return Note.THIN
    if event.get("account"):
        return Note.ACCOUNT
    return Note.LIVEMODE if event.get("livemode") is not livemode else None


def _concerns_us(kind: str) -> bool:
    by_name = kind in _REFUND_TYPES or kind in _CHECKOUT_TYPES
    return (
        by_name
        or kind.startswith("customer.subscription.")
        or (kind.startswith("invoice.") and kind != "invoice.upcoming")
    )


def _subject(kind: str, found: Mapping[str, Any]) -> str | None:
    """Return the id of what an event of this type says has changed; None if no subscription can be behind it."""
    try:
        if kind.startswith("customer.subscription."):
            return _maybe_word(found.get("id"))
        if kind.startswith("invoice."):
            return _maybe_word(subscription_of_invoice(found))
        if kind in _CHECKOUT_TYPES:
            return _maybe_word(id_of(found.get("subscription")))
        if kind in _REFUND_TYPES:
            names = ("payment_intent", "charge", "customer", "id")
            return next((word for name in names if (word := _maybe_word(id_of(found.get(name))))), None)
    except AttributeError as error:  # a part that should be an object is something else
        raise BadPayload from error
    return None


def _word(value: object) -> str:
    word = _maybe_word(value)
    if word is None:
        raise BadPayload
    return word


def _maybe_word(value: object) -> str | None:
    if value is None:
        return None
    if (
        not isinstance(value, str)
        or not 0 < len(value) <= _LONGEST_WORD
        or not value.isascii()
        or not value.isprintable()
    ):
        raise BadPayload
    return value


def _time(value: object, now: datetime) -> datetime:
    if value is None:
        return now
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= _LATEST_YEAR_SECONDS:
        return now  # a thin event gives its time as text
    return at(value)


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
