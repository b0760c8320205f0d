"""Codes by which another site of the publisher learns who is signed in here: used once, and within a minute.

The browser carries the code from us to the site; the site's server exchanges it. Only its digest is kept.
"""

import hashlib
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import NamedTuple

from sqlalchemy import ForeignKey, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from paywall.database import Base, UtcDateTime

LIFE = timedelta(seconds=60)


class ConnectCode(Base):
    """A code that nobody has exchanged yet."""

    __tablename__ = "connect_codes"

    digest: Mapped[str] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"))
    reader_id: Mapped[int] = mapped_column(ForeignKey("readers.id", ondelete="CASCADE"), index=True)
    sign_in_id: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class SignedIn(NamedTuple):
    """A reader, and under which sign-in."""

    reader_id: int
    sign_in_id: int


def give_code(session: Session, publisher_id: int, who: SignedIn, now: datetime) -> str:
    """Return a new code (43 URL-safe characters) for a signed-in reader; `now` is wall time."""
    code = token_urlsafe(32)
    row = ConnectCode(
        digest=_digest(code), publisher_id=publisher_id, reader_id=who.reader_id, sign_in_id=who.sign_in_id, made_at=now
    )
    session.add(row)
    return code


def redeem_code(session: Session, publisher_id: int, code: str, now: datetime) -> SignedIn | None:
    """Use a code up and return whom it was given; None for one that is used, too old or another publisher's."""
    mine = (ConnectCode.digest == _digest(code)) & (ConnectCode.publisher_id == publisher_id)
    found = (
        delete(ConnectCode).where(mine).returning(ConnectCode.reader_id, ConnectCode.sign_in_id, ConnectCode.made_at)
    )
    row = session.execute(found).first()
    return SignedIn(row[0], row[1]) if row and now - row[2] < LIFE else None


def sweep(session: Session, now: datetime) -> None:
    """Delete codes that nobody can use any more; `now` is wall time."""
    session.execute(delete(ConnectCode).where(ConnectCode.made_at < now - LIFE))


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()
