"""The figures' tables. Nothing in them is true by itself: all of it follows from the books, and can be made again."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from paywall.database import Base, UtcDateTime


class FigureEntry(Base):
    """One entry of one customer."""

    __tablename__ = "figure_entries"
    __table_args__ = (
        Index("ix_figure_entries_customer", "publisher_id", "edition", "customer"),
        Index("ix_figure_entries_at", "publisher_id", "edition", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"))
    edition: Mapped[int]
    """Which making of the figures it belongs to: a new one is made beside the one that is shown."""
    customer: Mapped[str]
    """The customer's Stripe id; the subscription's where the reader was erased."""
    currency: Mapped[str]
    kind: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    amount_minor: Mapped[int] = mapped_column(BigInteger)


class FigureDay(Base):
    """The entries of one kind on one day in the publisher's time zone: how many, and their sum."""

    __tablename__ = "figure_days"

    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"), primary_key=True)
    edition: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    currency: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    amount_minor: Mapped[int] = mapped_column(BigInteger)


class FigureCohort(Base):
    """Of those whose first payment was in month `cohort`: how many more there are after `month`, or fewer."""

    __tablename__ = "figure_cohorts"

    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"), primary_key=True)
    edition: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    currency: Mapped[str] = mapped_column(primary_key=True)
    cohort: Mapped[date] = mapped_column(primary_key=True)
    """The first day of the month, as `month`."""
    month: Mapped[date] = mapped_column(primary_key=True)
    change: Mapped[int]


class FigureMark(Base):
    """How far the figures of a publisher have come."""

    __tablename__ = "figure_marks"

    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"), primary_key=True, autoincrement=False)
    edition: Mapped[int]
    timezone: Mapped[str]
    """By which its days were told apart."""
    synced_to: Mapped[datetime] = mapped_column(UtcDateTime)
    """Subscriptions synced up to then are in it; wall time."""
    as_of: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the books were looked at last; wall time."""
