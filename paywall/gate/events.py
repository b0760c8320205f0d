"""What the gate answered, kept for the publisher: a bounded buffer in memory, written to the database every 2 seconds.

An answer never waits for this. What does not fit, or can't be written, is counted as lost.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from threading import Lock
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import ForeignKey, Index, delete, insert, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column
from structlog import get_logger

from paywall.articles.rules import ArticleCard
from paywall.database import Base, Database, UtcDateTime
from paywall.gate.decision import Decision
from paywall.gate.rights import can_not_be_reached
from paywall.publishers.tables import Publisher

log = get_logger()
FLUSH_SECONDS = 2
MOST_KEPT = 2_000
"""Per process and flush: a thousand views a second are kept one by one, a flood beyond that is only counted."""
_LONGEST_REFERRER = 2_000
_LONGEST_HOST = 253
_HOST = re.compile(r"[a-z0-9_][a-z0-9_-]*(?:\.[a-z0-9_-]+)*\.?|[0-9a-f]*:[0-9a-f:.]+")
"""A name or an address: what goes into pages and spreadsheets, and comes from anybody."""


_IS_READER = text("reader_id IS NOT NULL")


class GateEvent(Base):
    """One counted request for an article, and its answer."""

    __tablename__ = "gate_events"
    __table_args__ = (
        Index("ix_gate_events_when", "publisher_id", "at"),
        Index("ix_gate_events_article", "article_id", "at"),
        Index("ix_gate_events_reader", "reader_id", "at", sqlite_where=_IS_READER, postgresql_where=_IS_READER),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"))
    article_id: Mapped[int]
    reader_id: Mapped[int | None]
    visitor: Mapped[str | None]
    """A digest of the visitor's token: enough to count visitors by, useless as a token."""
    crawler: Mapped[str | None]
    """The name of a verified crawler, which is neither a reader nor a visitor."""
    extent: Mapped[str]
    reason: Mapped[str]
    prompt: Mapped[str]
    referrer_host: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Answered(NamedTuple):
    """What is noted of one answer; `referrer` is the header as it came, `counted_as` the meter's name for a visitor."""

    publisher_id: int
    article_id: int
    reader_id: int | None
    counted_as: str
    decision: Decision
    referrer: str
    at: datetime
    crawler: str | None = None
    card: ArticleCard | None = None


class EventBuffer:
    """Answers on their way to the database. Safe to share between threads."""

    def __init__(self, database: Database, most_kept: int = MOST_KEPT) -> None:
        self._database = database
        self._most_kept = most_kept
        self._lock = Lock()
        self._kept: list[Answered] = []
        self._listeners: list[Callable[[Sequence[Answered]], None]] = []
        self.lost = 0
        """Answers that were never written."""
        self.turned_away = 0
        """Those among them that nobody heard of, because there was no room."""

    def listen(self, hear: Callable[[Sequence[Answered]], None]) -> None:
        """Have every answer told at the next flush, whether it can be written or not; `hear` only takes note."""
        self._listeners.append(hear)

    def has_room(self) -> bool:
        """Tell whether another answer can be kept; one that can't be is counted as lost."""
        if len(self._kept) < self._most_kept:
            return True
        self.lost += 1
        self.turned_away += 1
        return False

    def note(self, answered: Answered) -> None:
        """Keep an answer until the next flush."""
        self._kept.append(answered)

    def flush(self) -> int:
        """Write what is kept; returns how many answers that were. What can't be written is lost, and said so."""
        with self._lock:
            batch, self._kept = self._kept, []
            if not batch:
                return 0
            for hear in self._listeners:
                hear(batch)
            try:
                with self._database.writing() as session:
                    session.execute(insert(GateEvent), [_row(answered) for answered in batch])
            except SQLAlchemyError as error:
                if not can_not_be_reached(error):
                    raise
                self.lost += len(batch)
                log.warning("gate events lost", count=len(batch), lost_so_far=self.lost)
                return 0
        return len(batch)


def sweep(session: Session, now: datetime, days: int) -> None:
    """Delete what is older than so many days at business time `now`."""
    # the publishers are named so that the index by publisher and time is of use
    mine = GateEvent.publisher_id.in_(select(Publisher.id))
    session.execute(delete(GateEvent).where(mine, GateEvent.at < now - timedelta(days=days)))


def _row(answered: Answered) -> dict[str, Any]:
    decision = answered.decision
    return {
        "publisher_id": answered.publisher_id,
        "article_id": answered.article_id,
        "reader_id": answered.reader_id,
        "visitor": None if answered.reader_id or answered.crawler else _visitor_digest(answered.counted_as),
        "crawler": answered.crawler,
        "extent": decision.extent.value,
        "reason": decision.reason.value,
        "prompt": decision.prompt.value,
        "referrer_host": referrer_host(answered.referrer),
        "at": answered.at,
    }


def _visitor_digest(counted_as: str) -> str:
    return blake2b(counted_as.encode(), digest_size=8).hexdigest()


def referrer_host(referrer: str) -> str | None:
    """Return the host a reader came from, if the header names one that can be stored."""
    try:
        host = urlsplit(referrer[:_LONGEST_REFERRER]).hostname
    except ValueError:
        return None
    return host if host and len(host) <= _LONGEST_HOST and _HOST.fullmatch(host) else None
