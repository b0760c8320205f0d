"""What staff have noted of a reader: for the next colleague on the phone. Notes are erased with the reader."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from paywall import clock
from paywall.database import Base, UtcDateTime
from paywall.errors import BadInput, NotFound
from paywall.readers.finding import reader_by_id

LONGEST_NOTE = 2_000
MOST_NOTES = 100
_LINE_BREAK, _TAB, _FIRST_PRINTABLE = "\n", "\t", 0x20


class StaffNote(Base):
    """One note."""

    __tablename__ = "staff_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"))
    reader_id: Mapped[int] = mapped_column(ForeignKey("readers.id", ondelete="CASCADE"), index=True)
    author: Mapped[str]
    """Who wrote it, as the audit names people: `staff:7`."""
    text: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)


def write_note(session: Session, publisher_id: int, reader_id: int, text: str, *, author: str) -> int:
    """Keep a note of a publisher's reader and return its id, in the caller's transaction.

    Raises NotFound for a reader who is not there or was erased, BadInput for a text that is empty, too long or holds
    what nobody types.
    """
    text = _proper(text)
    reader = reader_by_id(session, publisher_id, reader_id)
    if reader is None or not reader.active:
        raise NotFound("There is no such reader.")
    if len(notes_of(session, publisher_id, reader_id)) >= MOST_NOTES:
        raise BadInput("text", f"There are {MOST_NOTES} notes already.")
    facts = {"publisher_id": publisher_id, "reader_id": reader_id, "author": author}
    note = StaffNote(**facts, text=text, written_at=clock.now())
    session.add(note)
    session.flush()
    return note.id


def notes_of(session: Session, publisher_id: int, reader_id: int) -> Sequence[StaffNote]:
    """Return the notes of a publisher's reader, newest first."""
    query = select(StaffNote).where(StaffNote.publisher_id == publisher_id, StaffNote.reader_id == reader_id)
    return session.scalars(query.order_by(StaffNote.written_at.desc(), StaffNote.id.desc())).all()


def forget_notes(session: Session, reader_ids: Collection[int]) -> None:
    """Delete all that was noted of some readers."""
    session.execute(delete(StaffNote).where(StaffNote.reader_id.in_(reader_ids)))


def _proper(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not text or len(text) > LONGEST_NOTE:
        raise BadInput("text", f"Write a note of at most {LONGEST_NOTE:,} characters.")
    if any(ord(c) < _FIRST_PRINTABLE and c not in (_LINE_BREAK, _TAB) for c in text):
        raise BadInput("text", "This holds a character that can't be typed. Write it again.")
    return text
