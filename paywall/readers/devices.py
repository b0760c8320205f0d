"""Where a reader is signed in: one row for each browser."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from paywall.readers.ending import end_access, end_sign_in, end_sign_ins
from paywall.readers.tables import SignIn


@dataclass(frozen=True, slots=True)
class Device:
    """One signed-in browser; `since` is wall time."""

    sign_in_id: int
    since: datetime
    user_agent: str


def devices(session: Session, reader_id: int) -> list[Device]:
    """Return the browsers in which a reader is signed in, the newest first."""
    rows = session.scalars(select(SignIn).where(SignIn.reader_id == reader_id).order_by(SignIn.id.desc()))
    return [Device(row.id, row.created_at, row.user_agent) for row in rows]


def signed_in_among(session: Session, reader_ids: Sequence[int]) -> set[int]:
    """Return those of some readers who are signed in anywhere."""
    return set(session.scalars(select(SignIn.reader_id).where(SignIn.reader_id.in_(reader_ids)).distinct()))


def signed_in_at(session: Session, sign_in_id: int) -> datetime | None:
    """Return when a sign-in began (wall time), None for one that has ended."""
    return session.scalar(select(SignIn.created_at).where(SignIn.id == sign_in_id))


def sign_out_device(session: Session, reader_id: int, sign_in_id: int) -> bool:
    """End one of the reader's own sign-ins; returns whether there was one to end."""
    mine = select(SignIn.id).where(SignIn.id == sign_in_id, SignIn.reader_id == reader_id)
    if session.scalar(mine) is None:
        return False
    end_sign_in(session, sign_in_id)
    return True


def sign_out_everywhere(session: Session, reader_id: int) -> int:
    """End every sign-in of a reader, and every pass; returns how many sign-ins there were."""
    count = len(devices(session, reader_id))
    end_sign_ins(session, reader_id)
    end_access(session, reader_id)
    return count
