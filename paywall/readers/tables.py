"""The readers' tables, and the queries on them."""

from datetime import datetime

from flask_security import UserMixin
from sqlalchemy import ForeignKey, UniqueConstraint, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from paywall import changes
from paywall.database import Base, UtcDateTime


class Reader(Base, UserMixin):
    """Somebody with an account at one publisher. Unique there by normalised address."""

    __tablename__ = "readers"
    __table_args__ = (UniqueConstraint("publisher_id", "email_normalized"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"))
    email: Mapped[str]
    """As typed, but for the host's spelling."""
    email_normalized: Mapped[str]
    password: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    access_number: Mapped[int] = mapped_column(default=0)
    """Grows each time access is taken away; passes with a lower number are dead."""
    is_staff: Mapped[bool] = mapped_column(default=False)


class SignIn(Base):
    """One signed-in browser. A session whose token has no row here is nobody's."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    reader_id: Mapped[int] = mapped_column(ForeignKey("readers.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_agent: Mapped[str] = mapped_column(default="")


def end_access(session: Session, reader_id: int) -> None:
    """Make every pass of a reader worthless: to be called wherever a right to read is taken away."""
    statement = update(Reader).where(Reader.id == reader_id).values(access_number=Reader.access_number + 1)
    row = session.execute(statement.returning(Reader.publisher_id, Reader.access_number)).first()
    if row is not None:
        changes.record(session, row[0], changes.ChangeKind.ACCESS_ENDED, f"{reader_id}:{row[1]}")


def end_sign_in(session: Session, sign_in_id: int) -> None:
    """End one sign-in for good."""
    _end(session, SignIn.id == sign_in_id)


def end_sign_ins(session: Session, reader_id: int, *, but: int | None = None) -> None:
    """End all of a reader's sign-ins, except the one given."""
    _end(session, (SignIn.reader_id == reader_id) & (SignIn.id != (but or 0)))


def _end(session: Session, which: object) -> None:
    query = select(SignIn.id, Reader.publisher_id).join(Reader, Reader.id == SignIn.reader_id)
    ended = session.execute(query.where(which)).all()  # type: ignore[arg-type]
    for sign_in_id, publisher_id in ended:
        changes.record(session, publisher_id, changes.ChangeKind.SIGN_IN_ENDED, sign_in_id)
    session.execute(delete(SignIn).where(SignIn.id.in_([row[0] for row in ended])))


def reader_by_id(session: Session, publisher_id: int, reader_id: int) -> Reader | None:
    """Return a publisher's reader by id."""
    return session.scalar(select(Reader).where(Reader.publisher_id == publisher_id, Reader.id == reader_id))


def reader_by_email(session: Session, publisher_id: int, normalized: str) -> Reader | None:
    """Return a publisher's reader by normalised address."""
    return session.scalar(
        select(Reader).where(Reader.publisher_id == publisher_id, Reader.email_normalized == normalized)
    )
