"""Cancellations as they were asked for: noted before Stripe hears of them, so that none is lost while it is away."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from paywall.database import Base, UtcDateTime, insert_once

_OPEN = text("done_at IS NULL")


class CancellationRequest(Base):
    """A reader's wish to end a subscription; open until Stripe has carried it out. Outlives the reader."""

    __tablename__ = "cancellation_requests"
    __table_args__ = (
        CheckConstraint("via IN ('account', 'link', 'staff')", name="via_is_known"),
        Index(
            "uq_cancellation_requests_open",
            "subscription_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"))
    reader_id: Mapped[int | None] = mapped_column(ForeignKey("readers.id", ondelete="SET NULL"), index=True)
    subscription_id: Mapped[str] = mapped_column(index=True)
    """The subscription's Stripe id."""
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Business time: what is charged for a later period goes back."""
    reason: Mapped[str | None]
    """A word of `Feedback`."""
    comment: Mapped[str | None]
    via: Mapped[str]
    """A word of `Via`."""
    at_once: Mapped[bool] = mapped_column(default=False)
    """It ends at once, not with the period."""
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was carried out, or taken back."""


def note_request(session: Session, values: dict[str, object]) -> bool:
    """Note a cancellation unless one is open for that subscription; returns whether it is new.

    One that is open already is carried out at once, if the new one is to be.
    """
    is_new = insert_once(session, CancellationRequest, {"at_once": False, **values, "done_at": None})
    if not is_new and values.get("at_once"):
        stays_open = CancellationRequest.done_at.is_(None)
        which = (CancellationRequest.subscription_id == values["subscription_id"]) & stays_open
        session.execute(update(CancellationRequest).where(which).values(at_once=True))
    return is_new


def open_request(session: Session, subscription_id: str) -> CancellationRequest | None:
    """Return the cancellation of a subscription that is still to be carried out."""
    return session.scalar(
        select(CancellationRequest).where(
            CancellationRequest.subscription_id == subscription_id, CancellationRequest.done_at.is_(None)
        )
    )


def open_requests(session: Session) -> list[CancellationRequest]:
    """Return all that are still to be carried out, the longest waiting first."""
    query = select(CancellationRequest).where(CancellationRequest.done_at.is_(None))
    return list(session.scalars(query.order_by(CancellationRequest.id)))


def close_request(session: Session, subscription_id: str, now: datetime) -> bool:
    """Close the open cancellation of a subscription; returns whether there was one."""
    which = (CancellationRequest.subscription_id == subscription_id) & CancellationRequest.done_at.is_(None)
    closed = update(CancellationRequest).where(which).values(done_at=now).returning(CancellationRequest.id)
    return session.scalar(closed) is not None
