"""Mails wait here, written in the same transaction as their cause and at most once for it.

A drain takes them out again (`claim`, send, `mark_sent` or `mark_failed`); a mail that nobody takes for 72 hours
is given up and says so. What has lost its sense before it went out is withdrawn. Nothing in here talks to a mail
server: `paywall.mailer` does.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Index, Select, UniqueConstraint, func, select, tuple_, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from paywall import clock
from paywall.database import Base, UtcDateTime, insert_once

MOST_COUNTED = 1_000
KEPT_TRYING = timedelta(hours=72)
CLAIMED_FOR = timedelta(minutes=2)


class OutboxMail(Base):
    """A mail with the cause that may send it only once."""

    __tablename__ = "outbox_mails"
    __table_args__ = (
        UniqueConstraint("kind", "cause"),
        Index("ix_outbox_mails_recipient", "publisher_id", "recipient", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(index=True)
    kind: Mapped[str]
    cause: Mapped[str]
    recipient: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]
    unsubscribe_url: Mapped[str | None]
    """Where this kind of mail can be switched off, if it can be."""
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Business time: the day that the mail itself speaks of as today."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Wall time, by which it is tried again and given up."""
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    given_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]


class Pile(StrEnum):
    """How mails are laid out: those that failed still wait, and are tried again by themselves."""

    FAILING = "failing"
    WAITING = "waiting"
    GIVEN_UP = "given up"
    WITHDRAWN = "withdrawn"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class Mail:
    """What a reader will find in the letterbox."""

    recipient: str
    subject: str
    text: str
    html: str
    unsubscribe_url: str | None = None


def post(session: Session, publisher_id: int, kind: str, cause: str, mail: Mail) -> bool:
    """Put a mail into the outbox unless this `cause` already sent one of this `kind`; returns whether it did."""
    at = clock.wall()
    values = {
        "publisher_id": publisher_id,
        "kind": kind,
        "cause": cause,
        "recipient": mail.recipient,
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "unsubscribe_url": mail.unsubscribe_url,
        "written_at": clock.now(),
        "created_at": at,
        "due_at": at,
        "attempts": 0,
    }
    return insert_once(session, OutboxMail, values)


def post_again(session: Session, mail: OutboxMail, cause: str) -> bool:
    """Put a mail into the outbox once more, as it was, for a cause of its own; returns whether that was new."""
    again = Mail(mail.recipient, mail.subject, mail.text, mail.html, mail.unsubscribe_url)
    return post(session, mail.publisher_id, mail.kind, cause, again)


def posted(session: Session, mails: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return those of these pairs of kind and cause that have sent their mail already."""
    if not mails:
        return set()
    query = select(OutboxMail.kind, OutboxMail.cause)
    rows = session.execute(query.where(tuple_(OutboxMail.kind, OutboxMail.cause).in_(list(mails))))
    return {(kind, cause) for kind, cause in rows}


def mails_to(
    session: Session, publisher_id: int, recipient: str, most: int, before: datetime | None = None
) -> Sequence[OutboxMail]:
    """Return the newest mails of a publisher to an address, as it was when they were written.

    Only those written before a moment (business time), if one is given.
    """
    query = select(OutboxMail).where(OutboxMail.publisher_id == publisher_id, OutboxMail.recipient == recipient)
    if before is not None:
        query = query.where(OutboxMail.written_at < before)
    return session.scalars(query.order_by(OutboxMail.id.desc()).limit(most)).all()


def mails(publisher_id: int, pile: Pile | None) -> Select[*tuple[Any, ...]]:
    """Return the query of a publisher's mails, without what they say, in no order."""
    columns = [one for one in OutboxMail.__table__.columns if one.name not in ("text", "html", "unsubscribe_url")]
    query = select(*columns).where(OutboxMail.publisher_id == publisher_id)
    return query if pile is None else query.where(*_PILES[pile])


def count(session: Session, publisher_id: int, pile: Pile) -> int:
    """Return how many mails are on a pile; `MOST_COUNTED` + 1 where there are more than that."""
    some = select(OutboxMail.id).where(OutboxMail.publisher_id == publisher_id, *_PILES[pile])
    return session.scalar(select(func.count()).select_from(some.limit(MOST_COUNTED + 1).subquery())) or 0


def try_again(session: Session, publisher_id: int, now: datetime, mail_id: int | None = None) -> list[int]:
    """Have a mail that failed or was given up go out now, or all of them; returns the ids. `now` is wall time.

    One that was given up and fails again is given up at once. What may be in somebody's hands just now stays there, so
    that nothing is sent twice: it is due within two minutes anyway.
    """
    failed = OutboxMail.last_error.is_not(None) & (OutboxMail.due_at > now + CLAIMED_FOR)
    stuck = failed | OutboxMail.given_up_at.is_not(None)
    open_ones = (OutboxMail.sent_at.is_(None), OutboxMail.withdrawn_at.is_(None), stuck)
    which = (OutboxMail.publisher_id == publisher_id, *open_ones, *([OutboxMail.id == mail_id] if mail_id else []))
    tried = update(OutboxMail).where(*which).values(due_at=now, given_up_at=None).returning(OutboxMail.id)
    return list(session.scalars(tried))


def withdraw(session: Session, mails: Collection[tuple[str, str]]) -> int:
    """Keep back what still waits of these pairs of kind and cause; returns how many mails will not be sent."""
    if not mails:
        return 0
    named = tuple_(OutboxMail.kind, OutboxMail.cause).in_(list(mails))
    values = {"withdrawn_at": clock.wall()}
    withdrawn = update(OutboxMail).where(named, *_UNSENT).values(values).returning(OutboxMail.id)
    return len(session.execute(withdrawn).all())


def claim(session: Session, now: datetime, most: int = 20) -> list[OutboxMail]:
    """Take mails that are due, oldest first; each stays with the caller for two minutes. `now` is wall time."""
    query = select(OutboxMail).where(*_waiting(now)).order_by(OutboxMail.id).limit(most)
    mails = list(session.scalars(query.with_for_update(skip_locked=True)))
    for mail in mails:
        mail.due_at = now + CLAIMED_FOR
    return mails


def mark_sent(session: Session, mail_id: int, now: datetime) -> None:
    """Note that a mail has been handed over."""
    session.execute(update(OutboxMail).where(OutboxMail.id == mail_id).values(sent_at=now, last_error=None))


def mark_failed(session: Session, mail_id: int, now: datetime, error: str) -> None:
    """Note a failed attempt: tried again after 1, 2, 4 … 60 minutes, given up after 72 hours."""
    mail = session.get_one(OutboxMail, mail_id)
    mail.attempts += 1
    mail.last_error = error[:500]
    mail.due_at = now + timedelta(minutes=min(60, 2 ** (mail.attempts - 1)))
    if now - mail.created_at > KEPT_TRYING:
        mail.given_up_at = now


def _waiting(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (*_UNSENT, OutboxMail.due_at <= now)


_UNSENT = (OutboxMail.sent_at.is_(None), OutboxMail.given_up_at.is_(None), OutboxMail.withdrawn_at.is_(None))
_PILES: dict[Pile, tuple[ColumnElement[bool], ...]] = {
    Pile.FAILING: (*_UNSENT, OutboxMail.last_error.is_not(None)),
    Pile.WAITING: _UNSENT,
    Pile.GIVEN_UP: (OutboxMail.given_up_at.is_not(None),),
    Pile.WITHDRAWN: (OutboxMail.withdrawn_at.is_not(None),),
    Pile.SENT: (OutboxMail.sent_at.is_not(None),),
}
