"""What a form asks for: what is to be done, and to whom: all that the list shows, or those who were ticked in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from paywall import clock
from paywall.admin.acting.bulk.rules import Kind, Order
from paywall.admin.acting.frame import reason_in, whole_number_in
from paywall.admin.subscribers.asking.reading import MOST_PER_PAGE, given_in, read_question
from paywall.admin.subscribers.choices import choices_of
from paywall.admin.subscribers.finding.choosing import Asked
from paywall.entitlements.comps import LONGEST_DAYS
from paywall.errors import BadInput, NotFound
from paywall.readers.finding import readers_among
from paywall.web import current
from paywall.web.forms import Form

TICKED = "ticked"
MOST_TICKED = MOST_PER_PAGE
_MOST_DIGITS = 18
_NOBODY = "Nobody is ticked. Tick in the list whom it is about."


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom it is about."""

    asked: Asked
    """The list as it was looked at, and when."""
    ticked: tuple[int, ...] | None = None
    """The ids of those who were ticked, the lowest first; None for all that the list shows."""


def order_in(form: Form) -> Order:
    """Return what is to be done; raises BadInput."""
    try:
        kind = Kind(form.text("kind"))
    except ValueError as error:
        raise BadInput("kind", "Choose what is to be done.") from error
    if not kind.has_days:
        return Order(kind)
    days = whole_number_in(form, "days")
    if not 1 <= days <= LONGEST_DAYS:
        raise BadInput("days", f"Give a number of days from 1 to {LONGEST_DAYS}.")
    return Order(kind, days, reason_in(form))


def whom_in(form: Form) -> Whom:
    """Return whom it is about; raises BadQuestion, BadInput, and NotFound where one of the ticked is not ours."""
    session, profile = current.session(), current.publisher()
    choices = choices_of(session, profile)
    question = read_question(given_in(form.text("query").encode()), choices)
    asked = Asked(profile.id, question, choices, clock.now())
    return Whom(asked, _ours(session, profile.id, form.values.get("reader", ())) if _is_ticked(form) else None)


def _is_ticked(form: Form) -> bool:
    return form.text("whom") == TICKED


def _ours(session: Session, publisher_id: int, written: Sequence[str]) -> tuple[int, ...]:
    if not written:
        raise BadInput("reader", _NOBODY)
    ids = sorted({_id(one) for one in written})
    if len(ids) > MOST_TICKED:
        raise BadInput("reader", f"Tick at most {MOST_TICKED} readers at a time.")
    if readers_among(session, publisher_id, ids).keys() != set(ids):
        raise NotFound("One of these readers is not there.")
    return tuple(ids)


def _id(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise NotFound("One of these readers is not there.")
    return int(text)
