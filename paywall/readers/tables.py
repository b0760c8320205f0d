"""The readers' tables."""

from datetime import datetime

from flask_security import UserMixin
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from paywall.database import Base, UtcDateTime


class Reader(Base, UserMixin):
    """Somebody with an account at one publisher. Unique there by normalised address."""

    __tablename__ = "readers"
    __table_args__ = (
        UniqueConstraint("publisher_id", "email_normalized"),
        Index("ix_readers_joined", "publisher_id", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"))
    email: Mapped[str]
    """As typed, but for the host's spelling."""
    email_normalized: Mapped[str] = mapped_column(String().with_variant(String(collation="C"), "postgresql"))
    """Sorted by its letters' numbers on either database, so that a search by its beginning finds its way."""
    password: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    access_number: Mapped[int] = mapped_column(default=0)
    """Grows each time access is taken away; passes with a lower number are dead."""
    is_staff: Mapped[bool] = mapped_column(default=False)


class SignIn(Base):
    """One signed-in browser. A session whose token has no row here is nobody's."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    reader_id: Mapped[int] = mapped_column(ForeignKey("readers.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_agent: Mapped[str] = mapped_column(default="")
