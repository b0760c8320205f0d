"""Passes that readers' browsers hold: verified here, offline, and remembered once they are."""

import json
from base64 import urlsafe_b64decode
from collections import OrderedDict
from typing import Any, NamedTuple

from joserfc import jwt
from joserfc.errors import JoseError

from paywall import clock
from paywall.gate.decision import OPENING, ArticleName, Reason
from paywall.wall.remote.keys import Keys

EVERYTHING = "*"
RENEWED_AFTER_SECONDS = 120
MOST = 20_000
_LONGEST = 2_000


class Held(NamedTuple):
    """What a pass says. Times are epoch seconds."""

    article: str
    reason: Reason
    issued_at: int
    expires_at: int

    def opens(self, name: ArticleName, now: float) -> bool:
        """Tell whether it opens that article at wall time `now`."""
        return now < self.expires_at and (self.article == EVERYTHING or (bool(name.id) and self.article == name.id))

    def is_young(self, now: float) -> bool:
        """Tell whether it need not be renewed yet."""
        return now < self.issued_at + RENEWED_AFTER_SECONDS


class Passes:
    """Reads passes of one service. Safe to share between threads."""

    def __init__(self, keys: Keys, issuer: str, audience: str | None) -> None:
        self._keys, self._issuer, self._audience = keys, issuer, audience
        self._known: OrderedDict[str, Held] = OrderedDict()

    def read(self, token: str | None) -> Held | None:
        """Return what a pass says that was signed by the service for this publisher and has not ended; else None."""
        if not token or len(token) > _LONGEST:
            return None
        known = self._known.get(token)
        held = known or self._verified(token)
        if held is None or clock.wall().timestamp() >= held.expires_at:
            return None
        if known is None:
            self._remember(token, held)
        return held

    def trust(self, token: str) -> None:
        """Take a pass as good that the service itself has just answered with: it came by our own connection."""
        try:
            body = token.split(".")[1]
            held = _held(json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4))))
        except (IndexError, ValueError, KeyError, TypeError):
            return
        if held is not None:
            self._remember(token, held)

    def _verified(self, token: str) -> Held | None:
        keys = self._keys.current()
        if keys is None:
            return None
        try:
            claims = jwt.decode(token, keys, algorithms=["ES256"]).claims
            self._rules().validate(claims)
            return _held(claims)
        except (JoseError, ValueError, KeyError, TypeError):
            return None

    def _rules(self) -> jwt.JWTClaimsRegistry:
        audience: Any = {"essential": True} | ({"value": self._audience} if self._audience else {})
        return jwt.JWTClaimsRegistry(
            int(clock.wall().timestamp()),
            iss={"essential": True, "value": self._issuer},
            aud=audience,
            exp={"essential": True},
            iat={"essential": True},
        )

    def _remember(self, token: str, held: Held) -> None:
        self._known[token] = held
        if len(self._known) > MOST:
            self._known.popitem(last=False)


def _held(claims: dict[str, Any]) -> Held | None:
    reason = Reason(claims["reason"])
    article, issued_at, expires_at = claims["art"], claims["iat"], claims["exp"]
    if reason not in OPENING or not isinstance(article, str):
        return None
    return Held(article, reason, int(issued_at), int(expires_at))
