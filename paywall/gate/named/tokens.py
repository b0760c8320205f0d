"""Reader tokens: a pass of our own that a publisher's server keeps for a reader who is signed in here.

It works for as long as the sign-in does. Younger than two minutes it is taken at its word, as in a cookie; after that
the sign-in must still be there and the rights are read, at most once in two minutes while they open everything.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from paywall import clock
from paywall.entitlements.reading import ReaderRights
from paywall.errors import DatabaseUnavailable
from paywall.gate import passes
from paywall.gate.access import Who
from paywall.gate.passes import Pass
from paywall.gate.recent import Recent
from paywall.gate.recognition import by_pass, reader
from paywall.gate.revocations import Revocations
from paywall.gate.rights import NO_RIGHT, Right, RightsReader, right_at
from paywall.gate.snapshot import Snapshot
from paywall.readers.codes import SignedIn

LIFE = timedelta(days=30)
"""As long as a browser is kept signed in."""
_TRUSTED_FOR = timedelta(seconds=passes.RENEW_AFTER_SECONDS)
MOST_HELD = 40_000


class Token(NamedTuple):
    """A token, and when it ends (aware UTC) if the sign-in does not end before."""

    value: str
    expires_at: datetime


class _Held(NamedTuple):
    """Whose token it was when last asked, and until which wall time that may be gone by if it opens everything."""

    who: Who
    known: Pass
    until: datetime

    def is_good(self, publisher_id: int, now: datetime, wall: datetime) -> bool:
        known = self.known
        return wall < self.until and known.publisher_id == publisher_id and known.opens_everything(now.timestamp())


class Tokens:
    """Makes tokens and reads them. Safe to share between threads."""

    def __init__(self, secret_key: str, rights: RightsReader, revocations: Revocations, snapshot: Snapshot) -> None:
        self._key = passes.pass_key(secret_key)
        self._rights, self._revocations, self._snapshot = rights, revocations, snapshot
        self._held: Recent[str, _Held] = Recent(MOST_HELD)

    def make(self, publisher_id: int, signed_in: SignedIn, now: datetime) -> Token | None:
        """Return a token for a reader at business time `now`; None where the sign-in has ended meanwhile."""
        rights = self._rights.read_under(publisher_id, signed_in.reader_id, signed_in.sign_in_id)
        if rights is None:
            return None
        wall = clock.wall()
        right = right_at(rights, now)
        facts = Pass(
            publisher_id=publisher_id,
            reader_id=signed_in.reader_id,
            sign_in_id=signed_in.sign_in_id,
            access_number=rights.access_number,
            standing=right.standing,
            is_staff=right.is_staff,
            open_until=passes.whole_seconds(right.valid_until) if right.valid_until else 0,
            minted_at=passes.whole_seconds(wall),
            merged=passes.NOT_MERGED,
        )
        return Token(passes.mint(self._key, facts), wall + LIFE)

    def holder(self, token: str, publisher_id: int, now: datetime) -> Who | None:
        """Return whose token this is at business time `now`, None where it is nobody's any more.

        A reader who can't be asked about is uncertain; raises DatabaseUnavailable where nothing at all is known.
        """
        wall = clock.wall()
        held = self._held.get(token)
        if held is not None and held.is_good(publisher_id, now, wall) and not self._revocations.has_ended(held.known):
            return held.who
        known = passes.read(self._key, token)
        if known is None or known.publisher_id != publisher_id or self._revocations.sign_in_has_ended(known):
            return None
        who = self._identify(known, now, wall)
        if who is not None and who.known is not None and not who.is_uncertain:
            self._held.put(token, _Held(who, who.known, wall + _TRUSTED_FOR))
        return who

    def _identify(self, known: Pass, now: datetime, wall: datetime) -> Who | None:
        age = wall.timestamp() - known.minted_at
        if age >= LIFE.total_seconds():
            return None
        if age < passes.RENEW_AFTER_SECONDS and not self._revocations.has_ended(known):
            return by_pass(known, now)
        return self._look_closer(known, now, wall)

    def _look_closer(self, known: Pass, now: datetime, wall: datetime) -> Who | None:
        try:
            rights = self._rights.read_under(known.publisher_id, known.reader_id, known.sign_in_id)
        except DatabaseUnavailable:
            return self._during_outage(known, now, wall)
        if rights is None:
            return None
        self._snapshot.remember(known.reader_id, known.sign_in_id, rights, wall)
        return _holder(known, rights, right_at(rights, now))

    def _during_outage(self, known: Pass, now: datetime, wall: datetime) -> Who:
        """Go by what this process saw within a day, or by a token of up to fifteen minutes."""
        seen = self._snapshot.rights_under(known, wall)
        if seen is not None:
            return _holder(known, seen, right_at(seen, now))._replace(is_uncertain=True)
        age = wall.timestamp() - known.minted_at
        if age >= passes.OUTAGE_LIFE_SECONDS or self._revocations.has_ended(known):
            raise DatabaseUnavailable
        who = by_pass(known, now)
        return who._replace(right=who.right or NO_RIGHT, is_uncertain=True)


def _holder(known: Pass, rights: ReaderRights, right: Right) -> Who:
    facts = known._replace(
        access_number=rights.access_number,
        standing=right.standing,
        is_staff=right.is_staff,
        open_until=passes.whole_seconds(right.valid_until) if right.valid_until else 0,
    )
    return reader(known.reader_id, right, facts)
