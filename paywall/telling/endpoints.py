"""Adding, finding and removing endpoints, replacing their secrets, switching them on and off; each deed is audited."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from paywall import audit, clock
from paywall.entitlements.rules import Turn
from paywall.errors import BadInput, NotFound
from paywall.publishers.ruling.holding import hold_publisher
from paywall.telling.message import new_secret
from paywall.telling.parts import Telling
from paywall.telling.rules import Why
from paywall.telling.tables import Endpoint

MOST = 20
"""Endpoints of one publisher."""

LONGEST_DESCRIPTION = 200
LONGEST_OVERLAP = timedelta(days=30)
OVERLAP = timedelta(hours=24)
_is_id = re.compile(r"we_[0-9a-f]{16}").fullmatch


@dataclass(frozen=True, slots=True)
class NewEndpoint:
    """What a new endpoint is for. Without `turns` it hears everything."""

    url: str
    turns: tuple[str, ...] = ()
    with_email: bool = False
    description: str = ""


def add_endpoint(
    telling: Telling, session: Session, publisher_id: int, new: NewEndpoint, *, actor: str
) -> tuple[Endpoint, str]:
    """Add an endpoint; returns it with its secret: the only time that it is seen. Nothing is sent there yet.

    Raises AddressRefused, or BadInput for what else can't be taken.
    """
    url = _checked_url(telling, new.url)
    hold_publisher(session, publisher_id)  # of two who add the same address at once, one comes first
    _refuse_bad(session, publisher_id, new, url)
    secret = new_secret()
    row = Endpoint(
        public_id=f"we_{secrets.token_hex(8)}",
        publisher_id=publisher_id,
        url=url,
        description=new.description.strip(),
        turns=sorted(set(new.turns)),
        with_email=new.with_email,
        secret=telling.safe.put_away(secret),
        created_at=clock.wall(),
    )
    session.add(row)
    session.flush()
    _note(session, row, actor, "webhook_added", turns=row.turns, with_email=row.with_email)
    return row, secret


def endpoint_of(session: Session, publisher_id: int, public_id: str) -> Endpoint:
    """Return a publisher's endpoint by its id (`we_…`), held by the caller's transaction; raises NotFound."""
    which = (Endpoint.publisher_id == publisher_id, Endpoint.public_id == public_id)
    row = session.scalar(select(Endpoint).where(*which).with_for_update(key_share=True)) if _is_id(public_id) else None
    if row is None:
        raise NotFound("There is no endpoint of that id.")
    return row


def endpoints_of(session: Session, publisher_id: int) -> Sequence[Endpoint]:
    """Return all of a publisher's endpoints, oldest first."""
    return session.scalars(select(Endpoint).where(Endpoint.publisher_id == publisher_id).order_by(Endpoint.id)).all()


def remove_endpoint(session: Session, row: Endpoint, *, actor: str) -> None:
    """Forget an endpoint and all that was to be delivered there."""
    _note(session, row, actor, "webhook_removed")
    session.execute(delete(Endpoint).where(Endpoint.id == row.id))


def rotate_secret(
    telling: Telling, session: Session, row: Endpoint, *, overlap: timedelta = OVERLAP, actor: str
) -> str:
    """Give an endpoint a new secret and return it; for `overlap` messages are signed with the old one as well.

    Raises BadInput for an overlap over 30 days.
    """
    if not timedelta() <= overlap <= LONGEST_OVERLAP:
        raise BadInput("overlap", f"Give an overlap of at most {LONGEST_OVERLAP.days} days.")
    secret = new_secret()
    row.old_secret, row.old_secret_until = (row.secret, clock.wall() + overlap) if overlap else (None, None)
    row.secret = telling.safe.put_away(secret)
    _note(session, row, actor, "webhook_secret_rotated")
    return secret


def enable_endpoint(session: Session, row: Endpoint, *, actor: str) -> None:
    """Tell an endpoint again, what still waits for it first."""
    row.disabled_at, row.disabled_because = None, None
    row.failures, row.failing_since, row.held_until = 0, None, None
    _note(session, row, actor, "webhook_enabled")


def disable_endpoint(session: Session, row: Endpoint, *, actor: str) -> None:
    """Tell an endpoint nothing until it is enabled."""
    row.disabled_at, row.disabled_because = clock.wall(), Why.BY_HAND.value
    _note(session, row, actor, "webhook_disabled")


def _checked_url(telling: Telling, url: str) -> str:
    target = telling.outgoing.examine(url)
    if target.scheme != "https" and not target.is_excepted:
        raise BadInput("url", "Give an address that begins with https://: what is told concerns readers.")
    return target.url


def _refuse_bad(session: Session, publisher_id: int, new: NewEndpoint, url: str) -> None:
    unknown = set(new.turns) - set(Turn)
    if unknown:
        raise BadInput("events", f"There is no event {min(unknown)}; there are {', '.join(Turn)}.")
    if len(new.description) > LONGEST_DESCRIPTION or not new.description.isprintable():
        raise BadInput("description", f"Give a description of at most {LONGEST_DESCRIPTION} characters, on one line.")
    if session.scalar(select(Endpoint.id).where(Endpoint.publisher_id == publisher_id, Endpoint.url == url)):
        raise BadInput("url", "That address is told already.")
    count = session.scalar(select(func.count()).where(Endpoint.publisher_id == publisher_id)) or 0
    if count >= MOST:
        raise BadInput("url", f"There are {MOST} endpoints already: remove one first.")


def _note(session: Session, row: Endpoint, actor: str, action: str, **more: object) -> None:
    audit.write(session, row.publisher_id, actor, action, f"webhook:{row.public_id}", **more)
