"""The views that were saved."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from paywall.database import Base, UtcDateTime


class SavedView(Base):
    """A question under a name, for everybody who works at the publication."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("publisher_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"))
    name: Mapped[str]
    query: Mapped[str]
    """As the address line of the list has it: filters and sort, without a page."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
