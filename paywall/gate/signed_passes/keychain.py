"""The keys that sign passes: made, followed by others in good time, and kept in each process's memory."""

from datetime import datetime
from secrets import token_hex
from typing import Any, NamedTuple

from joserfc.jwk import ECKey
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from structlog import get_logger

from paywall import audit, changes, clock
from paywall.changes import Change, ChangeKind
from paywall.database import Database
from paywall.errors import DatabaseUnavailable
from paywall.gate.rights import can_not_be_reached
from paywall.gate.signed_passes.rules import ALGORITHM, KEPT_AFTER_USE, PUBLISHED_BEFORE_USE
from paywall.gate.signed_passes.sealing import Seal
from paywall.gate.signed_passes.tables import PassKey, pass_keys_of

log = get_logger()


class LoadedKey(NamedTuple):
    """A key in memory. `private` is None where it can't be unsealed any more."""

    kid: str
    public: ECKey
    private: ECKey | None
    active_from: datetime


Loaded = tuple[LoadedKey, ...]


class Keychain:
    """The keys of every publisher. Safe to share between threads."""

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database, self._seal = database, seal
        self._loaded: dict[int, Loaded] = {}
        self._changes_heard = 0

    def signing_key(self, publisher_id: int, now: datetime) -> LoadedKey:
        """Return the key that signs at wall time `now`, made if there is none; raises DatabaseUnavailable."""
        key = _signing(self._keys(publisher_id), now)
        if key is None:
            self._make_first(publisher_id, now)
            key = _signing(self._keys(publisher_id), now)
        if key is None:
            raise DatabaseUnavailable
        return key

    def verifying_key(self, publisher_id: int, kid: str, now: datetime) -> LoadedKey | None:
        """Return the publisher's key of that id, if passes may be signed with it at wall time `now`."""
        return next((key for key in _public(self._keys(publisher_id), now) if key.kid == kid), None)

    def public_keys(self, publisher_id: int, now: datetime) -> list[dict[str, Any]]:
        """Return the JWKs by which others verify: of the key that signs, the next one and the last one."""
        self.signing_key(publisher_id, now)
        return [{**key.public.as_dict(private=False), "kid": key.kid} for key in _public(self._keys(publisher_id), now)]

    def hear(self, change: Change) -> None:
        """Load a publisher's keys anew when they have changed."""
        if change.kind is ChangeKind.PASS_KEY:
            self._changes_heard += 1
            self._loaded.pop(change.publisher_id, None)

    def _keys(self, publisher_id: int) -> Loaded:
        keys = self._loaded.get(publisher_id)
        if keys is None:
            heard = self._changes_heard
            keys = self._read(publisher_id)
            if heard == self._changes_heard:
                self._loaded[publisher_id] = keys
        return keys

    def _read(self, publisher_id: int) -> Loaded:
        try:
            with self._database.reading() as session:
                return tuple(self._load(row) for row in pass_keys_of(session, publisher_id))
        except SQLAlchemyError as error:
            if can_not_be_reached(error):
                raise DatabaseUnavailable from error
            raise

    def _load(self, row: PassKey) -> LoadedKey:
        private = self._seal.take_out(row.sealed)
        if private is None:
            log.warning("a pass key can't be unsealed: has PAYWALL_SECRET_KEY changed?", kid=row.kid)
        return LoadedKey(
            row.kid, ECKey.import_key(row.public), ECKey.import_key(private) if private else None, row.active_from
        )

    def _make_first(self, publisher_id: int, now: datetime) -> None:
        with self._database.writing() as session:
            keys = tuple(self._load(row) for row in pass_keys_of(session, publisher_id))
            if _signing(keys, now) is None:  # nobody else has made it meanwhile
                make_pass_key(session, self._seal, publisher_id, now)
        self._loaded.pop(publisher_id, None)


def rotate_pass_key(session: Session, seal: Seal, publisher_id: int, *, at_once: bool, actor: str) -> datetime:
    """Make the next key and return when it begins to sign: in a day, so that every verifier has it by then.

    With `at_once` it signs now and all earlier ones are withdrawn: for a key that somebody may have seen.
    """
    now = clock.wall()
    if at_once:
        for row in pass_keys_of(session, publisher_id):
            row.withdrawn_at = now
    active_from = now if at_once else now + PUBLISHED_BEFORE_USE
    kid = make_pass_key(session, seal, publisher_id, active_from)
    audit.write(session, publisher_id, actor, "pass_key_rotated", f"pass_key:{kid}", at_once=at_once)
    return active_from


def make_pass_key(session: Session, seal: Seal, publisher_id: int, active_from: datetime) -> str:
    """Add a key that signs from `active_from`, and return its id."""
    kid = token_hex(8)
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": ALGORITHM}, private=True)
    row = PassKey(
        publisher_id=publisher_id,
        kid=kid,
        public=key.as_dict(private=False),
        sealed=seal.put_away(key.as_dict(private=True)),
        created_at=clock.wall(),
        active_from=active_from,
    )
    session.add(row)
    changes.record(session, publisher_id, ChangeKind.PASS_KEY, kid)
    return kid


def _signing(keys: Loaded, now: datetime) -> LoadedKey | None:
    usable = [key for key in keys if key.private is not None and key.active_from <= now]
    return usable[-1] if usable else None


def _public(keys: Loaded, now: datetime) -> list[LoadedKey]:
    """Return the keys that others must know: a key leaves a day after the next one began to sign."""
    ends = [after.active_from + KEPT_AFTER_USE for after in keys[1:]]
    return [key for key, end in zip(keys, [*ends, None], strict=False) if end is None or now < end]
