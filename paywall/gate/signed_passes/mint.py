"""Minting signed passes and reading them again: the one place that does either."""

import json
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from functools import cache
from secrets import token_urlsafe
from typing import NamedTuple

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from joserfc.jws import JWSRegistry

from paywall.gate.decision import Reason
from paywall.gate.recent import Recent
from paywall.gate.signed_passes.keychain import Keychain
from paywall.gate.signed_passes.rules import (
    ALGORITHM,
    LIFE_SECONDS,
    TYPE,
    SignedPass,
    is_good,
    key_id_of,
    read_claims,
)
from paywall.gate.signed_passes.sealing import Seal, Session
from paywall.publishers.letterhead import site_url
from paywall.publishers.rules import Profile

HANDED_OUT_AGAIN_SECONDS = LIFE_SECONDS // 2
"""Signing takes twice as long as answering: who turns pages is given the same pass for half its life."""
_LONG_ENOUGH = timedelta(seconds=LIFE_SECONDS - HANDED_OUT_AGAIN_SECONDS)
MOST = 40_000


class Holder(NamedTuple):
    """Whom a pass is for, and what it opens; `session` only of readers."""

    counted_as: str
    article: str
    reason: Reason
    session: Session | None = None
    open_seconds: int = LIFE_SECONDS
    """How long the right holds."""


class Minted(NamedTuple):
    """A pass, and when it ends (aware UTC)."""

    token: str
    expires_at: datetime


class PassMint:
    """Mints and verifies. Safe to share between threads."""

    def __init__(self, keychain: Keychain, seal: Seal, base_url: str, most: int = MOST) -> None:
        self._keychain, self.seal, self._base_url = keychain, seal, base_url
        self._handed_out: Recent[tuple[int, Holder], Minted] = Recent(most)
        self._verified: Recent[tuple[int, str], tuple[str, SignedPass]] = Recent(most)

    def mint(self, profile: Profile, holder: Holder, now: datetime) -> Minted:
        """Return a pass at wall time `now`: one with half its life left, or a new one. Raises DatabaseUnavailable."""
        which = (profile.id, holder)
        kept = self._handed_out.get(which)
        if kept and kept.expires_at - now > _LONG_ENOUGH:
            return kept
        minted = self._sign(profile, holder, now)
        self._handed_out.put(which, minted)
        return minted

    def verify(self, token: str, profile: Profile, now: datetime) -> SignedPass | None:
        """Return what a pass says that holds at wall time `now`, None for every other token.

        Fetches nothing, whatever the token names; raises DatabaseUnavailable where our keys can't be read.
        """
        kid = key_id_of(token)
        key = self._keychain.verifying_key(profile.id, kid, now) if kid else None
        if key is None:
            return None
        known = self._verified.get((profile.id, token))
        found = known[1] if known and known[0] == kid else self._read(token, key.public, profile)
        if found is None or not is_good(found, now.timestamp()):
            return None
        if known is None:
            self._verified.put((profile.id, token), (key.kid, found))
        return found

    def _sign(self, profile: Profile, holder: Holder, now: datetime) -> Minted:
        key = self._keychain.signing_key(profile.id, now)
        assert key.private is not None  # noqa: S101 - a key that signs has both halves
        issued_at = int(now.timestamp())
        said = SignedPass(
            issuer=site_url(profile, self._base_url),
            audience=profile.slug,
            subject=self.seal.subject(profile.id, holder.counted_as),
            article=holder.article,
            reason=holder.reason,
            issued_at=issued_at,
            expires_at=issued_at + min(LIFE_SECONDS, holder.open_seconds),
            id=token_urlsafe(12),
            session=self.seal.session(holder.session) if holder.session else None,
        )
        token = _token(key.kid, json.dumps(said.claims, separators=(",", ":")).encode(), key.private)
        return Minted(token, datetime.fromtimestamp(said.expires_at, now.tzinfo))

    def _read(self, token: str, key: object, profile: Profile) -> SignedPass | None:
        try:
            claims = jwt.decode(token, key, algorithms=[ALGORITHM]).claims  # type: ignore[arg-type]
        except (JoseError, ValueError):
            return None
        return read_claims(claims, site_url(profile, self._base_url), profile.slug)


def _token(kid: str, payload: bytes, key: ECKey) -> str:
    """Return the signed token: by the library's signing alone, as what it does around that takes longer."""
    signed = f"{_header(kid)}.{_text(payload)}"
    return f"{signed}.{_text(JWSRegistry.algorithms[ALGORITHM].sign(signed.encode(), key))}"


@cache
def _header(kid: str) -> str:
    return _text(json.dumps({"alg": ALGORITHM, "typ": TYPE, "kid": kid}, separators=(",", ":")).encode())


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
