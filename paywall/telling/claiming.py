"""Taking what is due: for a while it belongs to whoever took it, then to the next one if that one was not heard of.

What one endpoint may have under way in one process is bounded, and by what is left for the others. What other processes
have is not counted: one that was killed would keep an endpoint waiting until its claims have run out.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, exists, false, func, or_, select, true, update
from sqlalchemy.orm import Session

from paywall.entitlements.tables import AccessEvent
from paywall.readers.finding import reader_by_id
from paywall.telling.message import event_payload, ping_payload, test_message_id
from paywall.telling.rules import State, at_once
from paywall.telling.tables import Delivery, Endpoint

LEASE = timedelta(seconds=6)


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """One delivery, with all that is needed to send it."""

    delivery_id: int
    number: int
    endpoint_id: int
    url: str
    sealed_secrets: tuple[str, ...]
    message_id: str
    payload: dict[str, Any]


def is_anything_due(session: Session, now: datetime, *, slow: bool) -> bool:
    """Tell whether something is due in the lane of the slow endpoints, or in the other; `now` is wall time."""
    return session.scalar(select(Endpoint.id).where(*_ready(now, slow)).limit(1)) is not None


def claim(
    session: Session, now: datetime, most: int, *, slow: bool, busy: Mapping[int, int] = MappingProxyType({})
) -> list[Claim]:
    """Take up to `most` deliveries that are due, fairly between the endpoints of a lane; each is ours for a while.

    `busy` tells how many deliveries this process has under way for each endpoint.
    """
    endpoints = session.scalars(select(Endpoint).where(*_ready(now, slow)).order_by(func.random()).limit(most)).all()
    share = max(1, most // max(1, len(endpoints)))
    return [
        _claim(session, endpoint, delivery, now)
        for endpoint in endpoints
        for delivery in _take(session, endpoint, min(share, at_once(endpoint.failures) - busy.get(endpoint.id, 0)), now)
    ]


def extend(session: Session, claims: Iterable[Claim], now: datetime) -> None:
    """Keep what is being worked on for another while."""
    for one in sorted(claims, key=lambda one: one.delivery_id):
        still_ours = update(Delivery).where(Delivery.id == one.delivery_id, Delivery.claims == one.number)
        session.execute(still_ours.where(Delivery.leased_until.is_not(None)).values(leased_until=now + LEASE))


def claim_for_ping(endpoint: Endpoint, now: datetime) -> Claim:
    """Return what sends a message that is nobody's delivery."""
    message_id = f"evt_test_{secrets.token_hex(8)}"
    return Claim(0, 0, endpoint.id, endpoint.url, _secrets(endpoint, now), message_id, ping_payload(now))


def mark_slow(session: Session, endpoint_ids: Iterable[int]) -> None:
    """Have endpoints queue in the slow lane until an answer is quick again."""
    session.execute(update(Endpoint).where(Endpoint.id.in_(set(endpoint_ids))).values(is_slow=True))


def _ready(now: datetime, slow: bool) -> tuple[ColumnElement[bool], ...]:
    return (
        Endpoint.disabled_at.is_(None),
        or_(Endpoint.held_until.is_(None), Endpoint.held_until <= now),
        Endpoint.is_slow == (true() if slow else false()),
        exists().where(Delivery.endpoint_id == Endpoint.id, *_due(now)),
    )


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    is_free = or_(Delivery.leased_until.is_(None), Delivery.leased_until <= now)
    return (Delivery.state == State.WAITING.value, Delivery.due_at <= now, is_free)


def _take(session: Session, endpoint: Endpoint, most: int, now: datetime) -> Sequence[Delivery]:
    if most <= 0:
        return []
    query = select(Delivery).where(Delivery.endpoint_id == endpoint.id, *_due(now))
    oldest_first = query.order_by(Delivery.due_at, Delivery.id).limit(most)
    return session.scalars(oldest_first.with_for_update(skip_locked=True)).all()


def _claim(session: Session, endpoint: Endpoint, delivery: Delivery, now: datetime) -> Claim:
    delivery.claims += 1
    delivery.leased_until = now + LEASE
    said = _message(session, endpoint, delivery)
    return Claim(delivery.id, delivery.claims, endpoint.id, endpoint.url, _secrets(endpoint, now), *said)


def _message(session: Session, endpoint: Endpoint, delivery: Delivery) -> tuple[str, dict[str, Any]]:
    """Return the id of what is sent, and its payload."""
    if delivery.event_id is None:
        return test_message_id(delivery.id), ping_payload(delivery.began_at)
    event = session.get_one(AccessEvent, delivery.event_id)
    payload = event_payload(event)
    if endpoint.with_email:
        reader = reader_by_id(session, endpoint.publisher_id, event.reader_id)
        payload["data"]["email"] = reader.email if reader and reader.active else None
    return event.public_id, payload


def _secrets(endpoint: Endpoint, now: datetime) -> tuple[str, ...]:
    is_overlapping = endpoint.old_secret_until is not None and now < endpoint.old_secret_until
    return (endpoint.secret, endpoint.old_secret) if is_overlapping and endpoint.old_secret else (endpoint.secret,)
