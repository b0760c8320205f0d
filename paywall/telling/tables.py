"""Endpoints, what is to be delivered to each, and every attempt at it. All times but none of business are wall time."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from paywall.database import Base, UtcDateTime
from paywall.telling.rules import State


class Endpoint(Base):
    """An address at which a publisher wants to hear of changes."""

    __tablename__ = "webhook_endpoints"
    __table_args__ = (UniqueConstraint("publisher_id", "url"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    """`we_…`"""
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"))
    url: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    turns: Mapped[list[str]] = mapped_column(JSON)
    """What it wants to hear of; empty for everything."""
    with_email: Mapped[bool] = mapped_column(default=False)
    secret: Mapped[str]
    """Sealed."""
    old_secret: Mapped[str | None]
    old_secret_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(default=0)
    """How many attempts have failed since the last that did not."""
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Nothing is tried before."""
    is_slow: Mapped[bool] = mapped_column(default=False)
    """Its last answer took long: it queues with the other slow ones."""
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disabled_because: Mapped[str | None]


class Delivery(Base):
    """One message for one endpoint."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("event_id", "endpoint_id"),
        Index(
            "ix_webhook_deliveries_waiting",
            "endpoint_id",
            "due_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_webhook_deliveries_latest", "endpoint_id", "id"),
        {"sqlite_autoincrement": True},  # a test's id is made of the number: never twice, not even after it is deleted
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("webhook_endpoints.id", ondelete="CASCADE"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("access_events.id", ondelete="CASCADE"))
    """None for a message that means nothing and tries the endpoint."""
    state: Mapped[str] = mapped_column(default=State.WAITING.value)
    attempts: Mapped[int] = mapped_column(default=0)
    """Since it began, or began again."""
    began_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Somebody is at it; extended while that one lives."""
    claims: Mapped[int] = mapped_column(default=0)
    """The number of the newest claim: a failure that an older one reports is no news."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Attempt(Base):
    """One try, and what came back."""

    __tablename__ = "webhook_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("webhook_deliveries.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[int | None]
    milliseconds: Mapped[int]
    error: Mapped[str]
    """Why there was no answer; empty if there was one."""
    answer: Mapped[str]
    """The first 500 bytes, as text."""
