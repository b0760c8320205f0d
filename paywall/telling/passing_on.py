"""From events to deliveries: each event once for every endpoint that wants to hear of it, and once more on demand."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from paywall import clock
from paywall.database import Database, insert_once
from paywall.entitlements.history import events
from paywall.entitlements.tables import AccessEvent
from paywall.errors import NotFound, PaywallError
from paywall.telling.endpoints import endpoint_of
from paywall.telling.rules import State, wants
from paywall.telling.tables import Delivery, Endpoint

_AT_ONCE = 200


class Paused(PaywallError):
    """This endpoint is told nothing just now. Let it go on first."""

    status = 409
    code = "endpoint_paused"


def pass_on(database: Database) -> int:
    """Make deliveries of what is new; returns of how many events. Safe for several processes at a time."""
    with database.reading() as session:
        if not events.is_anything_new(session):
            return 0
    with database.writing() as session:
        taken = events.take_new(session, _AT_ONCE)
        endpoints = _listening(session, {event.publisher_id for event in taken})
        for event in taken:
            for endpoint in endpoints:
                if endpoint.publisher_id == event.publisher_id and wants(endpoint.turns, event.turn):
                    _deliver(session, endpoint.id, event.id)
        return len(taken)


def send_test(session: Session, endpoint: Endpoint) -> int:
    """Have an endpoint sent a signed message that means nothing, as any other is; returns the delivery's number.

    Raises Paused where nothing is sent to it.
    """
    if endpoint.disabled_at is not None:
        raise Paused
    now = clock.wall()
    row = Delivery(endpoint_id=endpoint.id, began_at=now, due_at=now)
    session.add(row)
    session.flush()
    return row.id


def replay(session: Session, endpoint: Endpoint, number: int) -> None:
    """Deliver one event again, as if it were new, with the same id; raises NotFound for what is not this endpoint's."""
    if not _begin_again(session, Delivery.id == number, Delivery.endpoint_id == endpoint.id):
        raise NotFound("There is no such delivery.")


def replay_since(database: Database, publisher_id: int, public_id: str, since: datetime) -> int:
    """Deliver all that an endpoint wants and that was noted since (wall time), heard or not; returns how many events.

    What it was never to hear of, because it was not there yet or was disabled, is delivered as well. Raises NotFound.
    """
    count, last = 0, 0
    while True:
        with database.writing() as session:
            endpoint = endpoint_of(session, publisher_id, public_id)
            found = events.events_since(session, publisher_id, since, last, _AT_ONCE)
            count += sum(_deliver_again(session, endpoint, event) for event in found)
        if len(found) < _AT_ONCE:
            return count
        last = found[-1].id


def _deliver_again(session: Session, endpoint: Endpoint, event: AccessEvent) -> bool:
    if not wants(endpoint.turns, event.turn):
        return False
    if not _deliver(session, endpoint.id, event.id):
        _begin_again(session, Delivery.endpoint_id == endpoint.id, Delivery.event_id == event.id)
    return True


def _listening(session: Session, publisher_ids: Iterable[int]) -> list[Endpoint]:
    query = select(Endpoint).where(Endpoint.publisher_id.in_(publisher_ids), Endpoint.disabled_at.is_(None))
    return list(session.scalars(query))


def _deliver(session: Session, endpoint_id: int, event_id: int) -> bool:
    now = clock.wall()
    values = {
        "endpoint_id": endpoint_id,
        "event_id": event_id,
        "state": State.WAITING.value,
        "attempts": 0,
        "claims": 0,
        "began_at": now,
        "due_at": now,
    }
    return insert_once(session, Delivery, values)


def _begin_again(session: Session, *which: ColumnElement[bool]) -> bool:
    now = clock.wall()
    values = {
        "state": State.WAITING.value,
        "attempts": 0,
        "began_at": now,
        "due_at": now,
        "ended_at": None,
        "leased_until": None,
        "claims": Delivery.claims + 1,  # an attempt under way is none of this one's
    }
    again = update(Delivery).where(*which).values(**values)
    return session.execute(again.returning(Delivery.id)).first() is not None
