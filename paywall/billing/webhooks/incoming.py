"""What an event becomes when it comes in: ids to keep, what must be asked about, or why it is of no concern."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from paywall import clock
from paywall.billing.snapshots.fields import at, id_of
from paywall.billing.snapshots.invoice import subscription_of_invoice
from paywall.billing.stripe_errors import BadPayload

_LONGEST_WORD = 255
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


MONEY_BACK_TYPES = frozenset(
    {
        "charge.dispute.closed",
        "charge.dispute.created",
        "charge.dispute.funds_reinstated",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.updated",
        "charge.refund.updated",
        "charge.refunded",
        "refund.created",
        "refund.failed",
        "refund.updated",
    }
)
CUSTOMER_DELETED = "customer.deleted"
CUSTOMER_TYPES = frozenset({CUSTOMER_DELETED, "customer.updated", "payment_method.automatically_updated"})
CHECKOUT_TYPES = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
    }
)


def row_of(event: Mapping[str, Any], *, livemode: bool) -> dict[str, Any]:
    """Return the inbox row of an event; raises BadPayload for ids and types that can't be stored."""
    data = event.get("data")
    found = data.get("object") if isinstance(data, Mapping) else None
    found = found if isinstance(found, Mapping) else {}
    kind = _word(event.get("type"))
    subject, note = _subject(kind, found), _reason_to_ignore(event, livemode=livemode)
    if note is None and not concerns_us(kind):
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


def concerns_us(kind: str) -> bool:
    """Tell whether events of this type may change a subscription; all others are kept as ignored."""
    return (
        kind in MONEY_BACK_TYPES | CHECKOUT_TYPES | CUSTOMER_TYPES
        or kind.startswith("customer.subscription.")
        or (kind.startswith("invoice.") and kind != "invoice.upcoming")
    )


def _subject(kind: str, found: Mapping[str, Any]) -> str | None:
    """Return the id of what an event of this type says has changed; None if no subscription can be behind it."""
    try:
        if kind.startswith("customer.subscription."):
            return _maybe_word(found.get("id"))
        if kind.startswith("invoice."):
            return _maybe_word(_of_invoice(found))
        if kind in CHECKOUT_TYPES:
            return _maybe_word(id_of(found.get("subscription")))
        if kind in CUSTOMER_TYPES:
            return _maybe_word(found.get("id") if kind.startswith("customer.") else id_of(found.get("customer")))
        if kind in MONEY_BACK_TYPES:
            names = ("payment_intent", "charge", "customer", "id")
            return next((word for name in names if (word := _maybe_word(id_of(found.get(name))))), None)
    except AttributeError as error:  # a part that should be an object is something else
        raise BadPayload from error
    return None


def _of_invoice(found: Mapping[str, Any]) -> str | None:
    parent = found.get("parent") or {}
    if not isinstance(parent, Mapping) or not isinstance(parent.get("subscription_details"), Mapping | None):
        raise BadPayload  # an event that could be about us must not end as being about nobody
    return subscription_of_invoice(found)


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
