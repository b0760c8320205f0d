"""The table of the keys that sign passes, and what follows from its rows at a moment."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from paywall.database import Base, UtcDateTime


class PassKey(Base):
    """A key of a publisher. It signs from `active_from` until the next one does. All times are wall time."""

    __tablename__ = "pass_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"), index=True)
    kid: Mapped[str] = mapped_column(unique=True)
    public: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The public half, as a JWK."""
    sealed: Mapped[str]
    """The private half, encrypted under a key that is derived from the deployment's secret."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    active_from: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when it is good for nothing, as after it was seen by somebody."""


def pass_keys_of(session: Session, publisher_id: int) -> Sequence[PassKey]:
    """Return a publisher's keys that were not withdrawn, in the order in which they come to sign."""
    query = select(PassKey).where(PassKey.publisher_id == publisher_id, PassKey.withdrawn_at.is_(None))
    return session.scalars(query.order_by(PassKey.active_from, PassKey.id)).all()
