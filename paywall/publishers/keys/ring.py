"""Who is calling: keys are proved against the table once and known from memory afterwards.

Only keys that work are remembered, and forgotten when a change of keys is heard of. An unknown, a revoked and an
expired key cost one read each and are refused by the same words.
"""

import hmac
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from structlog import get_logger

from paywall import clock
from paywall.changes import Change, ChangeKind
from paywall.database import Database, is_unreachable
from paywall.errors import DatabaseUnavailable
from paywall.publishers.keys.errors import KeyRefused, OriginRefused
from paywall.publishers.keys.rules import Caller, read_key
from paywall.publishers.keys.tables import ApiKey, key_by_public_id, keys_of, note_uses
from paywall.publishers.profiles import Profiles

log = get_logger()
NOTED_EVERY_SECONDS = 60
MOST_KNOWN = 10_000
"""One header for each key, as a rule; a header can be spelled in several ways."""
_NOBODYS = "0" * 64
_SCHEME = "bearer"


class _Known:
    """A key that was proved."""

    __slots__ = ("caller", "expires_at", "origins")

    def __init__(self, row: ApiKey) -> None:
        self.caller, self.expires_at, self.origins = row.caller, row.expires_at, frozenset(row.origins)


class KeyRing:
    """Proves keys. Safe to share between threads."""

    def __init__(self, database: Database, profiles: Profiles) -> None:
        self._database, self._profiles = database, profiles
        self._known: dict[str, _Known] = {}
        self._origins: dict[int, frozenset[str]] = {}
        self._used: dict[int, datetime] = {}
        self._changes_heard = 0

    def authenticate(self, header: str | None, origin: str | None) -> Caller:
        """Return who calls with this Authorization header, from a page of `origin` (None: from no page).

        Raises KeyRefused for a key that does not work, OriginRefused for a working one in the wrong place, and
        DatabaseUnavailable where a key that this process has not seen can't be looked up.
        """
        now = clock.wall()
        known = self._known.get(header or "") or self._prove(header or "", now)
        if known.expires_at is not None and now >= known.expires_at:
            raise KeyRefused
        if origin is not None or known.caller.is_publishable:
            self._judge_origin(known, origin)
        self._used[known.caller.key_id] = now
        return known.caller

    def origins_of(self, publisher_id: int) -> frozenset[str]:
        """Return every origin whose pages may ask: the publisher's sites, and what publishable keys name."""
        found = self._origins.get(publisher_id)
        if found is None:
            heard = self._changes_heard
            with self._database.reading() as session:
                keys = [key for key in keys_of(session, publisher_id) if key.is_publishable and not key.revoked_at]
            found = frozenset(self._profiles.of(publisher_id).sites).union(*(key.origins for key in keys))
            if heard == self._changes_heard:
                self._origins[publisher_id] = found
        return found

    def hear(self, change: Change) -> None:
        """Forget keys that may have changed, and origins."""
        if change.kind in (ChangeKind.KEY, ChangeKind.PUBLISHER):
            self._changes_heard += 1
            self._known, self._origins = {}, {}

    def note_uses(self) -> None:
        """Store when keys were last used; to be called once a minute. What can't be stored now is stored next time."""
        used, self._used = self._used, {}
        if not used:
            return
        try:
            with self._database.writing() as session:
                note_uses(session, sorted(used.items()))
        except SQLAlchemyError as error:
            if not is_unreachable(error):
                raise
            self._used = {**used, **self._used}

    def _prove(self, header: str, now: datetime) -> _Known:
        spelled = read_key(bearer(header))
        if spelled is None:
            raise KeyRefused
        heard = self._changes_heard
        row = self._read(spelled.public_id)
        is_right = hmac.compare_digest(row.digest if row else _NOBODYS, spelled.digest)
        if row is None or not is_right or not row.is_live(now) or row.is_publishable is not spelled.is_publishable:
            raise KeyRefused
        known = _Known(row)
        if heard == self._changes_heard:  # else something changed while we read: this row may be the old one
            if len(self._known) >= MOST_KNOWN:
                self._known = {}
            self._known[header] = known
        return known

    def _read(self, public_id: str) -> ApiKey | None:
        try:
            with self._database.reading() as session:
                return key_by_public_id(session, public_id)
        except SQLAlchemyError as error:
            if is_unreachable(error):
                raise DatabaseUnavailable from error
            raise

    def _judge_origin(self, known: _Known, origin: str | None) -> None:
        if not known.caller.is_publishable:
            log.warning("secret key sent by a page", alarm=True, key=known.caller.key_id)
            raise OriginRefused("A secret key belongs on a server; this call came from a page. Replace the key.")
        profile = self._profiles.of(known.caller.publisher_id)
        if origin is None or origin not in (known.origins or profile.sites):
            if (origin or "").partition("://")[2] in profile.hosts:
                return  # a page of the publisher's own, here
            raise OriginRefused


def bearer(header: str) -> str:
    """Return what an Authorization header bears, empty for any other scheme."""
    scheme, _, value = header.partition(" ")
    return value.strip() if scheme.lower() == _SCHEME else ""
