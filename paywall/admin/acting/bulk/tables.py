"""Acts on many, and what has become of each reader: rows that are there before anything is done."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ForeignKey, Index, func, insert, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from paywall.admin.acting.bulk.rules import Kind, Order
from paywall.database import Base, UtcDateTime

_WAITS = text("outcome IS NULL")


class BulkAct(Base):
    """One act on many readers."""

    __tablename__ = "bulk_acts"

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"), index=True)
    actor: Mapped[str]
    kind: Mapped[str]
    days: Mapped[int]
    reason: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def order(self) -> Order:
        """What was asked for."""
        return Order(Kind(self.kind), self.days, self.reason)


class BulkActReader(Base):
    """One reader of an act on many."""

    __tablename__ = "bulk_act_readers"
    __table_args__ = (
        Index("ix_bulk_act_readers_waiting", "bulk_act_id", "reader_id", sqlite_where=_WAITS, postgresql_where=_WAITS),
    )

    bulk_act_id: Mapped[int] = mapped_column(ForeignKey("bulk_acts.id", ondelete="CASCADE"), primary_key=True)
    reader_id: Mapped[int] = mapped_column(ForeignKey("readers.id", ondelete="CASCADE"), primary_key=True)
    outcome: Mapped[str | None]
    """`done`, or why not; None while it waits."""


def keep_act(session: Session, values: dict[str, object], reader_ids: Iterable[int]) -> int:
    """Keep an act and its readers in the caller's transaction; returns its id."""
    kept = BulkAct(**values)
    session.add(kept)
    session.flush()
    rows = [{"bulk_act_id": kept.id, "reader_id": one, "outcome": None} for one in reader_ids]
    if rows:
        session.execute(insert(BulkActReader), rows)
    return kept.id


def take_waiting(session: Session, bulk_act_id: int, most: int) -> list[BulkActReader]:
    """Take some that wait, to be settled in the caller's transaction; several may take, and get different ones."""
    mine = (BulkActReader.bulk_act_id == bulk_act_id, BulkActReader.outcome.is_(None))
    query = select(BulkActReader).where(*mine).order_by(BulkActReader.reader_id).limit(most)
    return list(session.scalars(query.with_for_update(skip_locked=True)))


def unfinished(session: Session) -> list[int]:
    """Return the acts of which somebody still waits, the oldest first."""
    query = select(BulkActReader.bulk_act_id).where(BulkActReader.outcome.is_(None)).distinct()
    return sorted(session.scalars(query))


def act_of(session: Session, publisher_id: int, bulk_act_id: int) -> BulkAct | None:
    """Return a publisher's act on many."""
    mine = (BulkAct.publisher_id == publisher_id, BulkAct.id == bulk_act_id)
    return session.scalar(select(BulkAct).where(*mine))


def outcomes(session: Session, bulk_act_id: int) -> dict[str | None, int]:
    """Return how many readers there are of each outcome."""
    query = select(BulkActReader.outcome, func.count()).where(BulkActReader.bulk_act_id == bulk_act_id)
    return {row[0]: row[1] for row in session.execute(query.group_by(BulkActReader.outcome))}
