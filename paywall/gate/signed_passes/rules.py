"""What a signed pass says, and when it is good: pure functions on what a token claims to say.

A verifier elsewhere needs the same five things: a fixed algorithm, a key of ours, `iss`, `aud` and `exp`.
"""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from paywall.gate.decision import OPENING, Reason

ALGORITHM = "ES256"
TYPE = "paywall-pass+jwt"
LIFE_SECONDS = 5 * 60
LEEWAY_SECONDS = 60
"""How far clocks may be apart, where we verify."""
EVERYTHING = "*"
"""The article of a pass that opens all."""
PUBLISHED_BEFORE_USE = timedelta(hours=24)
KEPT_AFTER_USE = timedelta(hours=24)
_LONGEST = 2_000
_COMPACT = re.compile(r"([A-Za-z0-9_-]{1,200})\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}").fullmatch
_HEADER_NAMES = {"alg", "typ", "kid"}


class SignedPass(NamedTuple):
    """What a pass says. Times are epoch seconds."""

    issuer: str
    """The publisher's site here, without a slash at the end."""
    audience: str
    """The publisher's slug."""
    subject: str
    """The reader or visitor, under a name that only this publisher sees."""
    article: str
    """The publisher's article id, or EVERYTHING."""
    reason: Reason
    issued_at: int
    expires_at: int
    id: str
    session: str | None = None
    """A reader's sign-in and access number, sealed: by it our own processes hear that the pass has ended."""

    def covers(self, article: str) -> bool:
        """Tell whether the pass opens the article of that id."""
        return self.article in (EVERYTHING, article)

    @property
    def claims(self) -> dict[str, Any]:
        """The claims as they stand in the token."""
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": self.subject,
            "iat": self.issued_at,
            "exp": self.expires_at,
            "jti": self.id,
            "art": self.article,
            "reason": self.reason.value,
        }
        return claims if self.session is None else {**claims, "sid": self.session}


def key_id_of(token: str) -> str | None:
    """Return which key a token says it was signed with; None for what can't be one of our passes.

    Only the three headers that we write are taken: what others mean (`jku`, `x5u`, `jwk`, `crit` …) is never looked at.
    """
    found = _COMPACT(token) if len(token) <= _LONGEST else None
    if found is None:
        return None
    try:
        header = json.loads(urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4)), object_pairs_hook=list)
    except (ValueError, RecursionError):
        return None
    if not isinstance(header, list) or not all(isinstance(pair, tuple) for pair in header):
        return None  # no object: only an object's pairs come as tuples
    said = {name: value for name, value in header if isinstance(value, str)}
    if (
        len(header) != len(_HEADER_NAMES)
        or said.keys() != _HEADER_NAMES
        or said["alg"] != ALGORITHM
        or said["typ"] != TYPE
    ):
        return None
    return said["kid"]


def read_claims(claims: Mapping[str, Any], issuer: str, audience: str) -> SignedPass | None:
    """Return what the claims of a rightly signed token say, None if it is no pass of this publisher's."""
    words = [claims.get(name) for name in ("iss", "aud", "sub", "art", "reason", "jti")]
    times = [claims.get(name) for name in ("iat", "exp")]
    session = claims.get("sid")
    if not all(type(word) is str for word in words) or not all(type(time) is int for time in times):
        return None
    if words[0] != issuer or words[1] != audience or words[4] not in OPENING or type(session) not in (str, type(None)):
        return None
    if type(claims.get("nbf", 0)) is not int or claims.get("nbf", times[0]) > times[0]:
        return None
    return SignedPass(
        issuer, audience, str(words[2]), str(words[3]), Reason(words[4]), times[0] or 0, times[1] or 0,
        str(words[5]), session,
    )  # fmt: skip


def is_good(found: SignedPass, now: float) -> bool:
    """Tell whether a pass holds at wall time `now`, an epoch second: not over, not from the future, not too long."""
    return (
        now < found.expires_at + LEEWAY_SECONDS
        and found.issued_at <= now + LEEWAY_SECONDS
        and found.expires_at - found.issued_at <= LIFE_SECONDS
    )
