"""Finding a publisher's readers; nobody is found from another publisher's side."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, SQLColumnExpression, select
from sqlalchemy.orm import Session

from paywall.errors import NotFound
from paywall.readers.email_address import parse_email
from paywall.readers.tables import Reader, SignIn


def find_reader(session: Session, publisher_id: int, email: str) -> Reader:
    """Return a publisher's reader by the address as somebody types it; raises NotFound or BadInput."""
    reader = reader_by_email(session, publisher_id, parse_email(email).normalized)
    if reader is None:
        raise NotFound("No reader has that address.")
    return reader


def reader_by_id(session: Session, publisher_id: int, reader_id: int) -> Reader | None:
    """Return a publisher's reader by id."""
    return session.scalar(select(Reader).where(Reader.publisher_id == publisher_id, Reader.id == reader_id))


def readers_among(session: Session, publisher_id: int, reader_ids: Collection[int]) -> dict[int, Reader]:
    """Return those of some readers who have an account with a publisher, by id."""
    rows = session.scalars(select(Reader).where(Reader.publisher_id == publisher_id, Reader.id.in_(reader_ids)))
    return {row.id: row for row in rows}


def reader_by_email(session: Session, publisher_id: int, normalized: str) -> Reader | None:
    """Return a publisher's reader by normalised address."""
    return session.scalar(
        select(Reader).where(Reader.publisher_id == publisher_id, Reader.email_normalized == normalized)
    )


def readers_by_email(session: Session, publisher_id: int, normalized: Collection[str]) -> dict[str, Reader]:
    """Return a publisher's readers of some normalised addresses, by these."""
    mine = (Reader.publisher_id == publisher_id, Reader.email_normalized.in_(normalized))
    return {row.email_normalized: row for row in session.scalars(select(Reader).where(*mine))}


def is_signed_in(reader_id: SQLColumnExpression[int], sign_in_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Return, as a condition: that sign-in of the reader has not ended."""
    return select(SignIn.id).where(SignIn.id == sign_in_id, SignIn.reader_id == reader_id).exists()


def publisher_of_reader(session: Session, reader_id: int) -> int:
    """Return the id of the publisher that a reader has an account with; raises NotFound for a reader who is gone."""
    found = session.scalar(select(Reader.publisher_id).where(Reader.id == reader_id))
    if found is None:
        raise NotFound("There is no such account any more.")
    return found


def hold_reader(session: Session, reader_id: int) -> None:
    """Make everybody else who holds this reader wait until the transaction ends, on PostgreSQL too."""
    session.execute(select(Reader.id).where(Reader.id == reader_id).with_for_update())


def hold_readers(session: Session, reader_ids: Collection[int]) -> set[int]:
    """Hold some readers, in one order for all who do, as `hold_reader` holds one; returns who of them is not erased."""
    query = select(Reader.id, Reader.active).where(Reader.id.in_(reader_ids)).order_by(Reader.id)
    return {row.id for row in session.execute(query.with_for_update()) if row.active}
