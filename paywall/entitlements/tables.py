"""The entitlements' table, and the events that tell what became of them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from paywall.database import Base, UtcDateTime
from paywall.entitlements.rules import Entitlement, Source, Standing


class EntitlementRow(Base):
    """A reader's right to read, from one source."""

    __tablename__ = "entitlements"
    __table_args__ = (
        UniqueConstraint("source", "source_id"),
        Index(
            "ix_entitlements_untold_end",
            "valid_until",
            sqlite_where=text("end_is_told = 0"),
            postgresql_where=text("NOT end_is_told"),
        ),
        Index("ix_entitlements_ends", "publisher_id", "valid_until", "reader_id"),
        Index("ix_entitlements_source", "publisher_id", "source", "valid_until", "reader_id"),
        Index("ix_entitlements_standing", "publisher_id", "standing", "valid_until", "reader_id"),
    )

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
    end_is_told: Mapped[bool] = mapped_column(default=False)
    """That it has ended stands in the history, or it never was open."""

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


class AccessEvent(Base):
    """One turn of one right to read, written in the transaction that caused it."""

    __tablename__ = "access_events"
    __table_args__ = (
        UniqueConstraint("reader_id", "sequence"),
        Index(
            "ix_access_events_waiting",
            "id",
            sqlite_where=text("is_passed_on = 0"),
            postgresql_where=text("NOT is_passed_on"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    """`evt_…`: by which whoever is told twice knows it again."""
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"))
    reader_id: Mapped[int] = mapped_column(ForeignKey("readers.id", ondelete="CASCADE"))
    sequence: Mapped[int]
    """1, 2, 3 … for each reader, without a gap."""
    cause: Mapped[str] = mapped_column(unique=True)
    """What may be told only once."""
    turn: Mapped[str]
    source: Mapped[str]
    source_id: Mapped[str]
    standing: Mapped[str]
    valid_until: Mapped[datetime] = mapped_column(UtcDateTime)
    has_access: Mapped[bool]
    """Whether the reader may read afterwards, by this right or by another."""
    access_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until when, as far as is known; None without access."""
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Business time."""
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    """Wall time."""
    is_passed_on: Mapped[bool] = mapped_column(default=False)
    """Whoever wants to hear of it has been given it to deliver."""
