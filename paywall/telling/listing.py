"""What a publisher sees of endpoints and deliveries, as plain values; never a secret."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paywall.entitlements.tables import AccessEvent
from paywall.telling.endpoints import endpoints_of
from paywall.telling.message import TEST, test_message_id
from paywall.telling.rules import State
from paywall.telling.tables import Attempt, Delivery, Endpoint


@dataclass(frozen=True, slots=True)
class EndpointFacts:
    """An endpoint; times are wall time."""

    public_id: str
    url: str
    description: str
    turns: tuple[str, ...]
    """What it hears of; empty for everything."""
    with_email: bool
    created_at: datetime
    failing_since: datetime | None
    disabled_because: str | None
    waiting: int
    """How many deliveries have not ended."""


@dataclass(frozen=True, slots=True)
class AttemptFacts:
    """One try."""

    at: datetime
    status: int | None
    milliseconds: int
    error: str
    answer: str


@dataclass(frozen=True, slots=True)
class DeliveryFacts:
    """One message for one endpoint, and every attempt at it, oldest first."""

    number: int
    endpoint: str
    message_id: str
    turn: str
    reader_id: int | None
    """None where it means nothing, and tries the endpoint."""
    state: State
    began_at: datetime
    due_at: datetime | None
    """When it is tried next, while it waits."""
    attempts: tuple[AttemptFacts, ...]


def endpoint_facts(session: Session, publisher_id: int) -> list[EndpointFacts]:
    """Return a publisher's endpoints, oldest first."""
    waiting = _waiting(session, publisher_id)
    return [facts_of(row, waiting.get(row.id, 0)) for row in endpoints_of(session, publisher_id)]


def facts_of(row: Endpoint, waiting: int = 0) -> EndpointFacts:
    """Return one endpoint as a value."""
    return EndpointFacts(
        public_id=row.public_id,
        url=row.url,
        description=row.description,
        turns=tuple(row.turns),
        with_email=row.with_email,
        created_at=row.created_at,
        failing_since=row.failing_since,
        disabled_because=row.disabled_because,
        waiting=waiting,
    )


def delivery_facts(
    session: Session, publisher_id: int, endpoint: str | None = None, *, before: int | None = None, most: int = 50
) -> list[DeliveryFacts]:
    """Return a publisher's deliveries, newest first: of one endpoint (`we_…`) or all, with a number under `before`."""
    query = (
        select(Delivery, Endpoint.public_id, AccessEvent)
        .join(Endpoint, Endpoint.id == Delivery.endpoint_id)
        .outerjoin(AccessEvent, AccessEvent.id == Delivery.event_id)
        .where(Endpoint.publisher_id == publisher_id)
    )
    if endpoint is not None:
        query = query.where(Endpoint.public_id == endpoint)
    if before is not None:
        query = query.where(Delivery.id < before)
    rows = session.execute(query.order_by(Delivery.id.desc()).limit(most)).all()
    tries = _attempts(session, [row[0].id for row in rows])
    return [_delivery(delivery, public_id, event, tries) for delivery, public_id, event in rows]


def _waiting(session: Session, publisher_id: int) -> dict[int, int]:
    query = (
        select(Delivery.endpoint_id, func.count())
        .join(Endpoint, Endpoint.id == Delivery.endpoint_id)
        .where(Endpoint.publisher_id == publisher_id, Delivery.state == State.WAITING.value)
        .group_by(Delivery.endpoint_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _attempts(session: Session, delivery_ids: Iterable[int]) -> Sequence[Attempt]:
    query = select(Attempt).where(Attempt.delivery_id.in_(delivery_ids)).order_by(Attempt.id)
    return session.scalars(query).all()


def _delivery(row: Delivery, endpoint: str, event: AccessEvent | None, tries: Sequence[Attempt]) -> DeliveryFacts:
    mine = [one for one in tries if one.delivery_id == row.id]
    return DeliveryFacts(
        number=row.id,
        endpoint=endpoint,
        message_id=event.public_id if event else test_message_id(row.id),
        turn=event.turn if event else TEST,
        reader_id=event.reader_id if event else None,
        state=State(row.state),
        began_at=row.began_at,
        due_at=row.due_at if row.state == State.WAITING.value else None,
        attempts=tuple(AttemptFacts(one.at, one.status, one.milliseconds, one.error, one.answer) for one in mine),
    )
