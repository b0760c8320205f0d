"""What admins must see until it is over: raised once for its cause, cleared by itself or by a person.

A notice is plain data for a page to word. Whoever raises one also writes a log line with `alarm=True`, so that it is
heard where nobody looks at pages.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from paywall import clock
from paywall.database import Base, UtcDateTime, insert_once
from paywall.errors import NotFound


class AdminNotice(Base):
    """Something that an admin should know of; open until `cleared_at` is set."""

    __tablename__ = "admin_notices"
    __table_args__ = (UniqueConstraint("kind", "cause"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int | None] = mapped_column(index=True)
    """None where it concerns the whole deployment."""
    kind: Mapped[str]
    cause: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Plain data without names or addresses."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cleared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def raise_notice(session: Session, kind: str, cause: str, *, publisher_id: int | None = None, **detail: object) -> bool:
    """Raise a notice once for its cause; returns whether it is new."""
    values: dict[str, object] = {
        "publisher_id": publisher_id,
        "kind": kind,
        "cause": cause,
        "detail": detail,
        "created_at": clock.now(),
    }
    return insert_once(session, AdminNotice, values)


def clear_notices(session: Session, kind: str, publisher_id: int | None = None) -> int:
    """Clear every open notice of a kind, or only a publisher's; returns how many there were."""
    still_open = update(AdminNotice).where(AdminNotice.kind == kind, AdminNotice.cleared_at.is_(None))
    if publisher_id is not None:
        still_open = still_open.where(AdminNotice.publisher_id == publisher_id)
    return len(session.execute(still_open.values(cleared_at=clock.now()).returning(AdminNotice.id)).all())


def clear_cause(session: Session, kind: str, cause: str) -> None:
    """Clear the notice of one cause, if it is there and open."""
    raised = (AdminNotice.kind == kind, AdminNotice.cause == cause, AdminNotice.cleared_at.is_(None))
    session.execute(update(AdminNotice).where(*raised).values(cleared_at=clock.now()))


def clear_notice(session: Session, publisher_id: int, number: int) -> AdminNotice:
    """Clear one open notice of a publisher by hand; raises NotFound for others, also for the whole deployment's."""
    mine = (AdminNotice.id == number, AdminNotice.publisher_id == publisher_id, AdminNotice.cleared_at.is_(None))
    row = session.scalar(select(AdminNotice).where(*mine))
    if row is None:
        raise NotFound("There is no such notice, or it is over.")
    row.cleared_at = clock.now()
    return row


def is_open(session: Session, kind: str) -> bool:
    """Tell whether a notice of that kind has not been cleared."""
    query = select(AdminNotice.id).where(AdminNotice.kind == kind, AdminNotice.cleared_at.is_(None))
    return session.scalar(query.limit(1)) is not None


def open_notices(session: Session) -> list[AdminNotice]:
    """Return what is not cleared, oldest first."""
    return list(session.scalars(select(AdminNotice).where(AdminNotice.cleared_at.is_(None)).order_by(AdminNotice.id)))
