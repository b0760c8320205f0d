"""The right to work on one subject for a while: a row lease, fenced and kept alive, the same on both databases.

Whoever claims gets a token one higher than the last. The work may take longer than the lease: a heartbeat extends it.
What is written at the end is written only if the token is still the newest, so a worker that was stopped, or whose
lease was taken over, can never overwrite what a later one found out. Leases are judged by wall time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Thread

from sqlalchemy import Update, or_, select, true, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from structlog import get_logger

from paywall import clock
from paywall.billing.subscriptions.tables import Lease
from paywall.database import Database, insert_once

log = get_logger()
_BEATS_PER_LEASE = 3


class LeaseLost(Exception):
    """Somebody else has claimed the subject since; nothing of this work may be stored."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One worker's right to one subject."""

    subject: str
    token: int


def claim(session: Session, subject: str, seconds: float, *, by_force: bool = False) -> Claim | None:
    """Claim a subject for `seconds`; None if somebody holds it, unless taken over `by_force`."""
    now = clock.wall()
    insert_once(session, Lease, {"subject": subject, "token": 0, "until": now})
    is_free = or_(Lease.until <= now, true() if by_force else Lease.token == 0)
    taken = update(Lease).where(Lease.subject == subject, is_free)
    values = {"token": Lease.token + 1, "until": now + timedelta(seconds=seconds)}
    token = session.scalar(taken.values(values).returning(Lease.token))
    return None if token is None else Claim(subject, token)


def require(session: Session, held: Claim) -> None:
    """Go on only if the claim is still the newest, and keep it so to the end of the transaction; raises LeaseLost."""
    query = select(Lease.token).where(Lease.subject == held.subject).with_for_update()
    if session.scalar(query) != held.token:
        raise LeaseLost(held.subject)


def free(session: Session, held: Claim) -> None:
    """Let others claim the subject at once; does nothing if they have."""
    session.execute(_own(held).values(until=clock.wall()))


def extend(session: Session, held: Claim, seconds: float) -> bool:
    """Hold a claim for another while; returns whether it was still ours."""
    until = clock.wall() + timedelta(seconds=seconds)
    return session.execute(_own(held).values(until=until).returning(Lease.token)).first() is not None


@contextmanager
def heartbeat(database: Database, held: Claim, seconds: float) -> Iterator[None]:
    """Keep a claim alive from another thread while the block talks to Stripe."""
    done = Event()
    thread = Thread(target=_beat, args=(database, held, seconds, done), name="lease heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _beat(database: Database, held: Claim, seconds: float, done: Event) -> None:
    while not done.wait(seconds / _BEATS_PER_LEASE):
        try:
            with database.writing() as session:
                if not extend(session, held, seconds):
                    return
        except SQLAlchemyError as error:  # the fence protects the result: a missed beat costs a second fetch, no more
            log.warning("lease not extended", subject=held.subject, error=type(error).__name__)


def _own(held: Claim) -> Update:
    return update(Lease).where(Lease.subject == held.subject, Lease.token == held.token)
