"""The trials that were begun. Rows outlive the reader, with nothing in them that names anybody."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from paywall.database import Base, UtcDateTime

_COUNTS = text("card_fingerprint IS NOT NULL AND NOT was_refused")


class Trial(Base):
    """A trial: whose, from which address and with which card."""

    __tablename__ = "trials"
    __table_args__ = (
        Index(
            "uq_trials_card",
            "publisher_id",
            "card_fingerprint",
            unique=True,
            sqlite_where=_COUNTS,
            postgresql_where=_COUNTS,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"))
    reader_id: Mapped[int | None] = mapped_column(ForeignKey("readers.id", ondelete="SET NULL"), index=True)
    subscription_id: Mapped[str] = mapped_column(unique=True)
    """The subscription's Stripe id."""
    address_key: Mapped[str] = mapped_column(index=True)
    """Keyed hash of the normalised e-mail address."""
    card_fingerprint: Mapped[str | None]
    """Stripe's name for a card number, the same for whoever uses it."""
    was_refused: Mapped[bool] = mapped_column(default=False)
    """The card has had its trial: this one was ended at once."""
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
