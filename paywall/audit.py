"""Who did what to whom: one row for each change of money, access or settings.

Rows hold ids, never names or addresses, so that they can be kept when a reader is erased. The database refuses to
change them or to take them away. Where something was changed, `detail` has `before` and `after`: two plain values, or
two dicts of what differs.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, cast

from sqlalchemy import JSON, Index, Table, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from paywall import clock
from paywall.append_only import guard
from paywall.database import Base, UtcDateTime

_network: ContextVar[str | None] = ContextVar("network", default=None)


class AuditEntry(Base):
    """One deed."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_at", "publisher_id", "at"),
        Index("ix_audit_entries_actor", "publisher_id", "actor", "id"),
        Index("ix_audit_entries_action", "publisher_id", "action", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str]
    """`staff:7`, `reader:7`, `stripe`, `command line` or `sweep`."""
    action: Mapped[str]
    """What was done, in the words of the code: `comp_given`, `subscription_canceled`."""
    subject: Mapped[str] = mapped_column(index=True)
    """`reader:7`, `subscription:sub_…`."""
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    network: Mapped[str | None]
    """Where it was done from: the network of a member of staff, IPv4 /24 or IPv6 /64; None for everybody else."""


guard(cast(Table, AuditEntry.__table__))


@contextmanager
def done_from(network: str) -> Iterator[None]:
    """Have everything that is written in the block say that it was done from that network."""
    token = _network.set(network)
    try:
        yield
    finally:
        _network.reset(token)


def write(session: Session, publisher_id: int, actor: str, action: str, subject: str, **detail: object) -> None:
    """Note a deed in the caller's transaction; `detail` must be plain data without names or addresses."""
    entry = AuditEntry(
        publisher_id=publisher_id,
        at=clock.now(),
        actor=actor,
        action=action,
        subject=subject,
        detail=detail,
        network=_network.get(),
    )
    session.add(entry)


def entries_about(
    session: Session, publisher_id: int, subjects: Collection[str], most: int, before: datetime | None = None
) -> Sequence[AuditEntry]:
    """Return the newest of a publisher's entries about any of these subjects, newest first; before a moment, if any."""
    query = select(AuditEntry).where(AuditEntry.publisher_id == publisher_id, AuditEntry.subject.in_(list(subjects)))
    if before is not None:
        query = query.where(AuditEntry.at < before)
    return session.scalars(query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(most)).all()


def was_written(session: Session, action: str, subject: str) -> bool:
    """Tell whether this deed has been noted of this subject."""
    query = select(AuditEntry.id).where(AuditEntry.action == action, AuditEntry.subject == subject)
    return session.scalar(query.limit(1)) is not None
