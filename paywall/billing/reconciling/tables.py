"""How far the work that goes by the clock has come, and what comparisons have found."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from paywall.database import Base, UtcDateTime, insert_once


class Cursor(Base):
    """Up to which moment of business time some recurring work is done."""

    __tablename__ = "cursors"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Comparison(Base):
    """One comparison of everything with Stripe; it can be stopped and goes on where it was."""

    __tablename__ = "comparisons"

    id: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_dry: Mapped[bool] = mapped_column(default=False)
    """Nothing was to be changed."""
    stage: Mapped[int] = mapped_column(default=0)
    position: Mapped[str | None]
    """The last object of the stage's list at Stripe that has been compared."""
    compared: Mapped[int] = mapped_column(default=0)
    foreign: Mapped[int] = mapped_column(default=0)
    """Subscriptions at Stripe that are none of ours."""


class DriftRow(Base):
    """One thing that was not as Stripe has it; ids and plain facts only."""

    __tablename__ = "drifts"

    id: Mapped[int] = mapped_column(primary_key=True)
    comparison_id: Mapped[int] = mapped_column(ForeignKey("comparisons.id", ondelete="CASCADE"), index=True)
    subject: Mapped[str]
    what: Mapped[str]
    ours: Mapped[str]
    theirs: Mapped[str]
    outcome: Mapped[str]


class Seen(Base):
    """An object that a running comparison has met at Stripe."""

    __tablename__ = "comparison_seen"
    __table_args__ = (Index("ix_comparison_seen_stripe_id", "stripe_id"),)

    comparison_id: Mapped[int] = mapped_column(ForeignKey("comparisons.id", ondelete="CASCADE"), primary_key=True)
    stripe_id: Mapped[str] = mapped_column(primary_key=True)


def cursor(session: Session, name: str) -> datetime | None:
    """Return how far a work has come; None if it has never been done."""
    return session.scalar(select(Cursor.at).where(Cursor.name == name))


def move_cursor(session: Session, name: str, at: datetime) -> None:
    """Note how far a work has come; never backwards."""
    insert_once(session, Cursor, {"name": name, "at": at})
    session.execute(update(Cursor).where(Cursor.name == name, Cursor.at < at).values(at=at))


def last_comparison(session: Session) -> Comparison | None:
    """Return the latest comparison that was to repair, finished or not."""
    query = select(Comparison).where(Comparison.is_dry.is_(False)).order_by(Comparison.id.desc()).limit(1)
    return session.scalar(query)
