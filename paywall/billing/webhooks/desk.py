"""The inbox as an admin sees it: what came, how it stands, and the word that something is to be tried again now.

Events have no publisher of their own. Those about a customer or a subscription of a publisher are that publisher's.
Where there is only one, all are its; where there are several, what none of them knows is a pile of its own, nobody's.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, not_, or_, select, true, update
from sqlalchemy.orm import Session

from paywall import audit, clock
from paywall.billing.checkout.tables import Customer
from paywall.billing.subscriptions.tables import BillingEvent, Subscription
from paywall.billing.webhooks.inbox import OPEN
from paywall.billing.webhooks.incoming import EventState, Note
from paywall.errors import NotFound, PaywallError
from paywall.publishers.tables import Publisher

MOST_COUNTED = 1_000
_WORTH_ANOTHER_LOOK = (Note.NO_SUBSCRIPTION.value, Note.GONE.value, Note.UNKNOWN_CUSTOMER.value)


class Pile(StrEnum):
    """How events are laid out: those that failed are among the waiting and the parked, too."""

    FAILING = "failing"
    WAITING = "waiting"
    PARKED = "parked"
    IGNORED = "ignored"
    HANDLED = "handled"


OPEN_PILES = (Pile.WAITING, Pile.PARKED)


class NothingToTry(PaywallError):
    """There is nothing to be tried again: this event is closed for good."""

    status = 409
    code = "nothing_to_try"


def events(
    session: Session, publisher_id: int, pile: Pile | None, *, of_nobody: bool = False
) -> Select[*tuple[Any, ...]]:
    """Return the query of a publisher's events, or of nobody's: all columns, in no order."""
    query = select(*BillingEvent.__table__.columns).where(_whose(session, publisher_id, of_nobody=of_nobody))
    return query if pile is None else query.where(_is_on(pile))


def count(session: Session, publisher_id: int, pile: Pile, *, of_nobody: bool = False) -> int:
    """Return how many events are on a pile; `MOST_COUNTED` + 1 where there are more than that."""
    which = (_whose(session, publisher_id, of_nobody=of_nobody), _is_on(pile))
    some = select(BillingEvent.id).where(*which).limit(MOST_COUNTED + 1)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def may_be_tried(event: Any) -> bool:  # noqa: ANN401 - a row of `events`, or of the table
    """Tell whether another look can make a difference."""
    return bool(event.subject) and (event.state in OPEN or event.note in _WORTH_ANOTHER_LOOK)


def try_event(session: Session, publisher_id: int, number: int, *, actor: str, of_nobody: bool = False) -> None:
    """Have an event worked off at once; raises NotFound, NothingToTry."""
    row, whose = session.get(BillingEvent, number), _whose(session, publisher_id, of_nobody=of_nobody)
    mine = select(BillingEvent.id).where(BillingEvent.id == number, whose)
    if row is None or session.scalar(mine) is None:
        raise NotFound("There is no such event.")
    if not may_be_tried(row):
        raise NothingToTry
    before = {"state": row.state, "note": row.note}
    if row.state not in OPEN:
        row.state, row.note, row.handled_at = EventState.WAITING.value, None, None
    row.due_at = clock.wall()
    audit.write(session, publisher_id, actor, "billing_event_tried_again", f"billing_event:{row.event_id}", **before)


def try_failing(session: Session, publisher_id: int, *, actor: str, of_nobody: bool = False) -> int:
    """Have every event that failed worked off at once; returns how many."""
    failing = update(BillingEvent).where(_whose(session, publisher_id, of_nobody=of_nobody), _is_on(Pile.FAILING))
    tried = len(session.execute(failing.values(due_at=clock.wall()).returning(BillingEvent.id)).all())
    if tried:
        about = f"publisher:{publisher_id}"
        audit.write(session, publisher_id, actor, "billing_events_tried_again", about, events=tried)
    return tried


def belongs_to(session: Session, publisher_id: int) -> ColumnElement[bool]:
    """Return the condition that an event is a publisher's."""
    if _is_alone(session):
        return true()
    return _is_about(Subscription.publisher_id == publisher_id, Customer.publisher_id == publisher_id)


def _whose(session: Session, publisher_id: int, *, of_nobody: bool) -> ColumnElement[bool]:
    """Return the condition that an event is the publisher's, or that it is nobody's."""
    if not of_nobody:
        return belongs_to(session, publisher_id)
    return false() if _is_alone(session) else not_(_is_about(true(), true()))


def _is_alone(session: Session) -> bool:
    return session.scalar(select(func.count(Publisher.id))) == 1


def _is_about(subscription: ColumnElement[bool], customer: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that an event is about a subscription or a customer of which these hold."""
    bought = and_(Subscription.stripe_id == BillingEvent.subject, subscription)
    buys = and_(Customer.stripe_id == BillingEvent.customer_id, customer)
    is_one = and_(Customer.stripe_id == BillingEvent.subject, customer)
    return or_(exists().where(bought), exists().where(buys), exists().where(is_one))


_PILES: Mapping[Pile, ColumnElement[bool]] = {
    Pile.FAILING: and_(BillingEvent.state.in_(OPEN), BillingEvent.last_error.is_not(None)),
    **{Pile(state.value): BillingEvent.state == state.value for state in EventState},
}


def _is_on(pile: Pile) -> ColumnElement[bool]:
    return _PILES[pile]
