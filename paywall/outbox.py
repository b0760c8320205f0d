"""Mails wait here, written in the same transaction as their cause and at most once for it.

A drain takes them out again (`claim`, send, `mark_sent` or `mark_failed`); a mail that nobody takes for 72 hours
is given up and says so. What has lost its sense before it went out is withdrawn. Nothing in here talks to a mail
server: `paywall.mailer` does.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Index, UniqueConstraint, select, tuple_, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from paywall import clock
from paywall.database import Base, UtcDateTime, insert_once

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


def posted(session: Session, mails: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return those of these pairs of kind and cause that have sent their mail already."""
    if not mails:
        return set()
    query = select(OutboxMail.kind, OutboxMail.cause)
    rows = session.execute(query.where(tuple_(OutboxMail.kind, OutboxMail.cause).in_(list(mails))))
    return {(kind, cause) for kind, cause in rows}


def mails_to(session: Session, publisher_id: int, recipient: str, most: int) -> Sequence[OutboxMail]:
    """Return the newest mails of a publisher to an address, as it was when they were written."""
    query = select(OutboxMail).where(OutboxMail.publisher_id == publisher_id, OutboxMail.recipient == recipient)
    return session.scalars(query.order_by(OutboxMail.id.desc()).limit(most)).all()


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
