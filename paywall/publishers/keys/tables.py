"""The table of keys, and the queries on it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import JSON, ForeignKey, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from paywall.database import Base, UtcDateTime
from paywall.publishers.keys.rules import Caller, Scope


class ApiKey(Base):
    """A key of a publisher. Its secret is not in here, only what proves it. All times are wall time."""

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"), index=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    digest: Mapped[str]
    """SHA-256 of the whole key, in hex."""
    name: Mapped[str]
    is_publishable: Mapped[bool]
    scopes: Mapped[list[str]] = mapped_column(JSON)
    origins: Mapped[list[str]] = mapped_column(JSON)
    """Where a publishable key may be used; empty: on the publisher's sites."""
    calls_per_second: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a rotated key ends."""
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def caller(self) -> Caller:
        """Whoever uses this key."""
        scopes = frozenset(Scope(word) for word in self.scopes)
        return Caller(self.publisher_id, self.id, scopes, self.is_publishable, self.calls_per_second)

    def is_live(self, now: datetime) -> bool:
        """Tell whether the key works at wall time `now`."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def key_by_public_id(session: Session, public_id: str) -> ApiKey | None:
    """Return the key of that id, alive or not."""
    return session.scalar(select(ApiKey).where(ApiKey.public_id == public_id))


def keys_of(session: Session, publisher_id: int) -> list[ApiKey]:
    """Return every key that a publisher has or had, the newest first."""
    query = select(ApiKey).where(ApiKey.publisher_id == publisher_id)
    return list(session.scalars(query.order_by(ApiKey.id.desc())))


def note_uses(session: Session, uses: Iterable[tuple[int, datetime]]) -> None:
    """Store when keys were last used, by key id; an earlier time than the one stored changes nothing."""
    for key_id, at in uses:
        is_later = ApiKey.last_used_at.is_(None) | (ApiKey.last_used_at < at)
        session.execute(update(ApiKey).where(ApiKey.id == key_id, is_later).values(last_used_at=at))
