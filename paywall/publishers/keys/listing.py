"""What can be shown of a publisher's keys: everything but their secrets."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from paywall.publishers.keys.tables import ApiKey, keys_of


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """One key. All times are wall time."""

    shown_as: str
    """Kind and id: `pw_sk_abcdefghijkl`."""
    name: str
    is_publishable: bool
    is_live: bool
    scopes: tuple[str, ...]
    origins: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


def list_keys(session: Session, publisher_id: int, now: datetime) -> list[KeyFacts]:
    """Return every key that a publisher has or had, the newest first, as it stands at wall time `now`."""
    return [_facts(row, now) for row in keys_of(session, publisher_id)]


def _facts(row: ApiKey, now: datetime) -> KeyFacts:
    return KeyFacts(
        shown_as=f"pw_{'pk' if row.is_publishable else 'sk'}_{row.public_id}",
        name=row.name,
        is_publishable=row.is_publishable,
        is_live=row.is_live(now),
        scopes=tuple(row.scopes),
        origins=tuple(row.origins),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )
