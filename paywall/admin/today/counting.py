"""What the front page counts. Each count stops at a thousand, so that it costs the same at every size."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import SQLColumnExpression, func, select
from sqlalchemy.orm import Session

from paywall.billing.subscriptions.tables import Subscription
from paywall.readers.tables import Reader

MOST = 1_000
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Count:
    """A figure with its words, and where those are who were counted."""

    number: int
    words: str
    path: str

    @property
    def figure(self) -> str:
        """The number; `1000+` where counting stopped."""
        return f"{MOST}+" if self.number > MOST else str(self.number)


def counts(session: Session, publisher_id: int, now: datetime) -> list[Count]:
    """Return what may want looking at; `now` is business time."""
    joined = (Reader.publisher_id == publisher_id, Reader.created_at > now - WEEK, Reader.active)
    week_ago = f"{now - WEEK:%Y-%m-%d}"
    return [
        Count(_up_to(session, Reader.id, *joined), "accounts opened in seven days", f"?from={week_ago}"),
        Count(_with(session, publisher_id, "active"), "active subscriptions", "?status=active"),
        Count(_with(session, publisher_id, "trialing"), "trials", "?status=trialing"),
        Count(_with(session, publisher_id, "past_due"), "payments failed", "?status=past_due"),
    ]


def _with(session: Session, publisher_id: int, status: str) -> int:
    current = (Subscription.publisher_id == publisher_id, Subscription.is_current, Subscription.status == status)
    return _up_to(session, Subscription.reader_id, *current)


def _up_to(session: Session, column: Any, *conditions: SQLColumnExpression[bool]) -> int:  # noqa: ANN401 - any column
    some = select(column).where(*conditions).limit(MOST + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0
