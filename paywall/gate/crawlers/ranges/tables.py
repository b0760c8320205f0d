"""The table of ranges that were fetched."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import JSON, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from paywall.database import Base, UtcDateTime


class FetchedRanges(Base):
    """What an operator published when it was last asked. One row for each operator, for all publishers."""

    __tablename__ = "crawler_ranges"

    operator: Mapped[str] = mapped_column(primary_key=True)
    ranges: Mapped[list[str]] = mapped_column(JSON)
    source: Mapped[str]
    """An address, or the name of a file."""
    fetched_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Wall time."""


def fetched_ranges(session: Session) -> Sequence[FetchedRanges]:
    """Return everything that was fetched."""
    return session.scalars(select(FetchedRanges)).all()
