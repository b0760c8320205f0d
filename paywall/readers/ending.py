"""Ending what lets a reader in: passes that were minted on a right, and sign-ins. Every process hears of it."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from paywall import changes
from paywall.readers.tables import Reader, SignIn


def end_access(session: Session, reader_id: int) -> None:
    """Make every pass of a reader worthless: to be called wherever a right to read is taken away."""
    end_access_of(session, [reader_id])


def end_access_of(session: Session, reader_ids: Collection[int]) -> None:
    """Make every pass of some readers, who are held, worthless."""
    if not reader_ids:
        return
    statement = update(Reader).where(Reader.id.in_(reader_ids)).values(access_number=Reader.access_number + 1)
    ended = session.execute(statement.returning(Reader.id, Reader.publisher_id, Reader.access_number)).all()
    for reader_id, publisher_id, number in ended:
        changes.record(session, publisher_id, changes.ChangeKind.ACCESS_ENDED, f"{reader_id}:{number}")


def end_sign_in(session: Session, sign_in_id: int) -> None:
    """End one sign-in for good."""
    _end(session, SignIn.id == sign_in_id)


def end_sign_ins(session: Session, reader_id: int, *, but: int | None = None) -> None:
    """End all of a reader's sign-ins, except the one given."""
    _end(session, (SignIn.reader_id == reader_id) & (SignIn.id != (but or 0)))


def end_sign_ins_of(session: Session, reader_ids: Collection[int]) -> None:
    """End all sign-ins of some readers."""
    _end(session, SignIn.reader_id.in_(reader_ids))


def _end(session: Session, which: ColumnElement[bool]) -> None:
    query = select(SignIn.id, Reader.publisher_id).join(Reader, Reader.id == SignIn.reader_id)
    ended = session.execute(query.where(which)).all()
    for sign_in_id, publisher_id in ended:
        changes.record(session, publisher_id, changes.ChangeKind.SIGN_IN_ENDED, sign_in_id)
    session.execute(delete(SignIn).where(SignIn.id.in_([row[0] for row in ended])))
