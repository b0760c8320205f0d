"""One numbered table of changes that every process polls, so that what it keeps in memory stays true.

Whoever changes an article, a publisher's settings or a right to read records it here in the same transaction. Each
process follows the table every two seconds and forgets what it knew of the subject. Rows are kept for ten minutes:
twice the life of a pass, so that a process that slept through some of them has only to start afresh.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from paywall import clock
from paywall.database import Base, Database, UtcDateTime

POLL_SECONDS = 2
KEPT_FOR = timedelta(minutes=10)
_OVERLAP = 200  # numbers given out earlier may be committed later: look back over so many


class ChangeKind(StrEnum):
    """What a change is about; its subject is the id of that thing."""

    ARTICLE = "article"  # subject: the article's row id
    PUBLISHER = "publisher"  # subject: the publisher's id; its settings, meters, sections, host names
    ACCESS_ENDED = "access_ended"  # subject: "reader id:access number"; passes with a lower number are dead
    SIGN_IN_ENDED = "sign_in_ended"  # subject: the sign-in's id; passes minted under it are dead
    KEY = "key"  # subject: the key's row id; a key was made, rotated or revoked
    PASS_KEY = "pass_key"  # noqa: S105 - subject: the kid of a key that signs passes, made or withdrawn
    CRAWLER_RANGES = "crawler_ranges"  # subject: the operator; its address ranges were fetched, for every publisher


class ChangeRow(Base):
    """A change that processes may have to hear of."""

    __tablename__ = "changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int]
    kind: Mapped[str]
    subject: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


@dataclass(frozen=True, slots=True)
class Change:
    """One change, as a follower hears of it."""

    id: int
    publisher_id: int
    kind: ChangeKind
    subject: str


def record(session: Session, publisher_id: int, kind: ChangeKind, subject: object) -> None:
    """Record a change; it becomes visible with the caller's commit."""
    session.add(ChangeRow(publisher_id=publisher_id, kind=kind, subject=str(subject), at=clock.wall()))


def sweep(session: Session, now: datetime) -> None:
    """Delete the changes that everybody has heard of; `now` is wall time."""
    session.execute(delete(ChangeRow).where(ChangeRow.at < now - KEPT_FOR))


class ChangeFollower:
    """Hears each change once, in this process; not for use by several threads at a time."""

    def __init__(self, database: Database, listeners: Iterable[Callable[[Change], None]] = ()) -> None:
        """Connect to nothing yet; the first poll tells of everything that is still kept."""
        self._database = database
        self._listeners = list(listeners)
        self._since = clock.wall() - KEPT_FOR  # passes that others minted before may have been ended since
        self._newest: int | None = None
        self._heard: set[int] = set()

    def listen(self, listener: Callable[[Change], None]) -> None:
        """Tell `listener` of every change from now on."""
        self._listeners.append(listener)

    def poll(self) -> int:
        """Tell the listeners of what is new; returns how many changes that were."""
        fresh = [row for row in self._rows() if row.id not in self._heard]
        for row in fresh:
            self._tell(Change(row.id, row.publisher_id, ChangeKind(row.kind), row.subject))
            self._newest = max(self._newest or 0, row.id)
        self._heard = {row for row in self._heard if row > (self._newest or 0) - _OVERLAP}
        return len(fresh)

    def _tell(self, change: Change) -> None:
        for listener in self._listeners:
            listener(change)
        self._heard.add(change.id)

    def _rows(self) -> list[ChangeRow]:
        query = select(ChangeRow).order_by(ChangeRow.id)
        if self._newest is None:
            query = query.where(ChangeRow.at >= self._since)
        else:
            query = query.where(ChangeRow.id > self._newest - _OVERLAP, ChangeRow.at >= self._since)
        with self._database.reading() as session:
            return list(session.scalars(query))
