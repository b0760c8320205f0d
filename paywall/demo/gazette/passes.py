"""Verifying the paywall's passes where the stories are: offline, with keys that are fetched once an hour at most.

So whoever has a pass reads on while the paywall can't be reached.
"""

import json
import urllib.request
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from paywall import clock

KEPT_SECONDS = 60 * 60
_PATIENCE_SECONDS = 3


class Passes:
    """Tells which passes open a story. Safe to share between threads."""

    def __init__(self, wall: str, audience: str) -> None:
        self._wall, self._audience = wall, audience
        self._keys: KeySet | None = None
        self._fetched_at = 0.0

    def open(self, token: str, article: str) -> bool:
        """Tell whether this pass is one of the paywall's, still good, and for that article or for all."""
        try:
            claims: dict[str, Any] = jwt.decode(token, self._current_keys(), algorithms=["ES256"]).claims
            self._rules().validate(claims)
        except (JoseError, ValueError, OSError):
            return False
        return claims.get("art") in ("*", article)

    def _rules(self) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            int(clock.wall().timestamp()),
            iss={"essential": True, "value": self._wall},
            aud={"essential": True, "value": self._audience},
            exp={"essential": True},
        )

    def _current_keys(self) -> KeySet:
        now = clock.wall().timestamp()
        if self._keys is None or now - self._fetched_at > KEPT_SECONDS:
            self._keys, self._fetched_at = self._fetch() or self._keys, now
        if self._keys is None:
            raise OSError("no keys yet")
        return self._keys

    def _fetch(self) -> KeySet | None:
        address = f"{self._wall}/.well-known/jwks.json"
        try:
            with urllib.request.urlopen(address, timeout=_PATIENCE_SECONDS) as answer:  # noqa: S310 - a fixed address
                return KeySet.import_key_set(json.load(answer))
        except (OSError, ValueError):
            return None
