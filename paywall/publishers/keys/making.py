"""Making, rotating and revoking keys; each deed is in the audit, and every process hears of it."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from paywall import audit, changes, clock
from paywall.changes import ChangeKind
from paywall.errors import BadInput, NotFound
from paywall.publishers.keys.rules import PUBLISHABLE_SCOPES, Scope, new_key, read_key
from paywall.publishers.keys.tables import ApiKey, key_by_public_id

CALLS_PER_SECOND = 1_000
LONGEST_NAME = 100
LONGEST_OVERLAP = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class NewKey:
    """What a new key is for. `origins` are of a publishable key; none means the publisher's sites."""

    name: str
    scopes: frozenset[Scope]
    is_publishable: bool = False
    origins: tuple[str, ...] = ()
    calls_per_second: int = CALLS_PER_SECOND


def create_key(session: Session, publisher_id: int, new: NewKey, *, actor: str) -> str:
    """Make a key and return it: the only time that it is seen whole. Raises BadInput."""
    _refuse_bad(new)
    key = new_key(is_publishable=new.is_publishable)
    row = _row(publisher_id, key, new)
    session.add(row)
    session.flush()
    _note(session, row, actor, "key_created")
    return key


def rotate_key(session: Session, publisher_id: int, public_id: str, overlap: timedelta, *, actor: str) -> str:
    """Make a key like the one of that id, which itself ends when `overlap` is over; returns the new one.

    Raises NotFound for a key that is not the publisher's or has ended, BadInput for an overlap over 30 days.
    """
    if not timedelta() <= overlap <= LONGEST_OVERLAP:
        raise BadInput("overlap", f"Give an overlap of at most {LONGEST_OVERLAP.days} days.")
    old = _live_key(session, publisher_id, public_id)
    scopes = frozenset(Scope(word) for word in old.scopes)
    new = NewKey(old.name, scopes, old.is_publishable, tuple(old.origins), old.calls_per_second)
    ends_at = clock.wall() + overlap
    old.expires_at = min(old.expires_at or ends_at, ends_at)
    _note(session, old, actor, "key_rotated")
    return create_key(session, publisher_id, new, actor=actor)


def revoke_key(session: Session, publisher_id: int, public_id: str, *, actor: str) -> None:
    """End a key at once, in every process within seconds; raises NotFound."""
    row = _live_key(session, publisher_id, public_id)
    row.revoked_at = clock.wall()
    _note(session, row, actor, "key_revoked")


def public_id_of(text: str) -> str:
    """Return the id of a key, given whole, as `pw_sk_ID` or as the id alone."""
    spelled = read_key(text)
    return spelled.public_id if spelled else text.removeprefix("pw_sk_").removeprefix("pw_pk_").rstrip("_…")


def _row(publisher_id: int, key: str, new: NewKey) -> ApiKey:
    spelled = read_key(key)
    assert spelled is not None  # noqa: S101 - made a moment ago
    return ApiKey(
        publisher_id=publisher_id,
        public_id=spelled.public_id,
        digest=spelled.digest,
        name=new.name.strip(),
        is_publishable=new.is_publishable,
        scopes=sorted(new.scopes),
        origins=sorted(set(new.origins)),
        calls_per_second=new.calls_per_second,
        created_at=clock.wall(),
    )


def _refuse_bad(new: NewKey) -> None:
    if not new.name.strip() or len(new.name) > LONGEST_NAME or not new.name.isprintable():
        raise BadInput("name", f"Give the key a name of at most {LONGEST_NAME} characters.")
    if new.is_publishable and not new.scopes <= PUBLISHABLE_SCOPES:
        raise BadInput("scopes", "A publishable key can be read by everybody: it may only check.")
    if new.origins and not new.is_publishable:
        raise BadInput("origins", "A secret key is used by servers, which have no origin.")
    if new.calls_per_second < 1:
        raise BadInput("calls per second", "Give a number from 1.")


def _live_key(session: Session, publisher_id: int, public_id: str) -> ApiKey:
    row = key_by_public_id(session, public_id)
    if row is None or row.publisher_id != publisher_id or not row.is_live(clock.wall()):
        raise NotFound("There is no key of that id that still works.")
    return row


def _note(session: Session, row: ApiKey, actor: str, action: str) -> None:
    changes.record(session, row.publisher_id, ChangeKind.KEY, row.id)
    audit.write(session, row.publisher_id, actor, action, f"key:{row.public_id}", scopes=row.scopes)
