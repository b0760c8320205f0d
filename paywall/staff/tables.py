"""The staff's tables."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from paywall.database import Base, UtcDateTime


class StaffMember(Base):
    """A reader account that works at its publisher."""

    __tablename__ = "staff_members"
    __table_args__ = ({"sqlite_autoincrement": True},)
    """The audit names members by number: a number is never given twice."""

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"), index=True)
    reader_id: Mapped[int] = mapped_column(ForeignKey("readers.id", ondelete="CASCADE"), unique=True)
    role: Mapped[str]
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    totp_sealed: Mapped[str | None]
    """The secret of the second factor, sealed with a key of the deployment; None: not set up."""
    totp_step: Mapped[int] = mapped_column(default=0)
    """The newest time step whose code was used: a code counts once."""


class RecoveryCode(Base):
    """A code that stands in for the second factor, once."""

    __tablename__ = "staff_recovery_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str]


class Proof(Base):
    """What a member has proved in one sign-in; it ends with the sign-in."""

    __tablename__ = "staff_proofs"

    sign_in_id: Mapped[int] = mapped_column(
        ForeignKey("sign_ins.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    member_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="CASCADE"), index=True)
    second_factor_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    password_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the password was given again; wall time."""


class Invitation(Base):
    """A place among the staff, offered to an address."""

    __tablename__ = "staff_invitations"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"), index=True)
    email: Mapped[str]
    email_normalized: Mapped[str]
    role: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True)
    """Of the token in the mailed link."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Wall time, by which it becomes too old."""


class Act(Base):
    """A form of /admin that was sent: the second time, its token is taken."""

    __tablename__ = "staff_acts"

    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"), primary_key=True)
    token: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
