"""Answers that were given under an idempotency key, kept for a day: who asks again is told the same.

A view is never taken twice in any case (re-reading is free); this keeps the words the same, too.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column
from structlog import get_logger

from paywall import clock
from paywall.database import Base, Database, UtcDateTime, insert_once
from paywall.errors import BadInput, PaywallError
from paywall.gate.rights import can_not_be_reached

log = get_logger()
KEPT_FOR = timedelta(hours=24)
HEADER = "Idempotency-Key"
_LONGEST = 255


class CheckAnswer(Base):
    """What was answered under a key."""

    __tablename__ = "check_answers"

    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    """A digest of the key that the publisher's server made up."""
    question: Mapped[str]
    """A digest of all that was asked."""
    answer: Mapped[str]
    decision: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class KeyUsedBefore(PaywallError):
    """This Idempotency-Key came with another question before. Make a new key for each question."""

    status = 422
    code = "idempotency_key_used"


class Said(NamedTuple):
    """An answer: its JSON, and its decision as the header has it."""

    answer: str
    decision: str


class Once:
    """Keeps answers by key. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def answer(self, publisher_id: int, key: str, question: bytes, ask: Callable[[], Said]) -> Said:
        """Return what was said under this key before, else what `ask` says.

        Raises BadInput for what is no key, KeyUsedBefore for one that came with another question. While the database
        is away everybody is answered anew.
        """
        _refuse_bad(key)
        digests = _digest(key.encode()), _digest(question)
        try:
            return self._kept(publisher_id, *digests) or self._keep(publisher_id, *digests, ask())
        except SQLAlchemyError as error:
            if not can_not_be_reached(error):
                raise
            log.warning("an answer could not be kept under its key", error=type(error).__name__)
            return ask()

    def sweep(self) -> None:
        """Delete answers of yesterday."""
        with self._database.writing() as session:
            session.execute(delete(CheckAnswer).where(CheckAnswer.made_at < clock.wall() - KEPT_FOR))

    def _kept(self, publisher_id: int, key: str, question: str) -> Said | None:
        which = (CheckAnswer.publisher_id == publisher_id, CheckAnswer.key == key)
        fresh = CheckAnswer.made_at >= clock.wall() - KEPT_FOR
        with self._database.reading() as session:
            row = session.execute(
                select(CheckAnswer.question, CheckAnswer.answer, CheckAnswer.decision).where(*which, fresh)
            ).first()
        if row is None:
            return None
        if row[0] != question:
            raise KeyUsedBefore
        return Said(row[1], row[2])

    def _keep(self, publisher_id: int, key: str, question: str, said: Said) -> Said:
        """Store an answer and return it, or the one that another call has stored meanwhile."""
        row = {
            "publisher_id": publisher_id,
            "key": key,
            "question": question,
            "made_at": clock.wall(),
            **said._asdict(),
        }
        with self._database.adding() as connection:
            is_new = insert_once(connection, CheckAnswer, row)
        return said if is_new else self._kept(publisher_id, key, question) or said


def _refuse_bad(key: str) -> None:
    if not 0 < len(key) <= _LONGEST or not key.isascii() or not key.isprintable():
        raise BadInput(HEADER, f"Give 1 to {_LONGEST} printable ASCII characters.")


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
