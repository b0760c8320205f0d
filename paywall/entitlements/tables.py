"""The entitlements' table."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from paywall.database import Base, UtcDateTime
from paywall.entitlements.rules import Entitlement, Source, Standing


class EntitlementRow(Base):
    """A reader's right to read, from one source."""

    __tablename__ = "entitlements"
    __table_args__ = (UniqueConstraint("source", "source_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"))
    reader_id: Mapped[int] = mapped_column(ForeignKey("readers.id", ondelete="CASCADE"), index=True)
    source: Mapped[str]
    source_id: Mapped[str]
    """The subscription's Stripe id, or the comp's own id."""
    standing: Mapped[str]
    paid_through_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    valid_until: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    suspended: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def value(self) -> Entitlement:
        """This row as a value."""
        return Entitlement(
            reader_id=self.reader_id,
            source=Source(self.source),
            source_id=self.source_id,
            standing=Standing(self.standing),
            paid_through_at=self.paid_through_at,
            valid_until=self.valid_until,
            suspended=self.suspended,
        )
