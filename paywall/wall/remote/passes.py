"""Passes that readers' browsers hold: verified here, offline, and remembered once they are."""

import json
from base64 import urlsafe_b64decode
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError

from paywall import clock
from paywall.gate.decision import ArticleName
from paywall.gate.signed_passes.rules import ALGORITHM, SignedPass, is_good, key_id_of, read_claims
from paywall.wall.remote.keys import Keys

RENEWED_AFTER_SECONDS = 120
MOST = 20_000


class Passes:
    """Reads passes of one service. Safe to share between threads."""

    def __init__(self, keys: Keys, issuer: str, audience: str | None) -> None:
        self._keys, self._issuer, self._audience = keys, issuer, audience
        self._known: OrderedDict[str, SignedPass] = OrderedDict()

    def read(self, token: str | None) -> SignedPass | None:
        """Return what a pass says that was signed by the service for this publisher and has not ended; else None."""
        kid = key_id_of(token) if token else None
        if token is None or kid is None:
            return None
        known = self._known.get(token)
        held = known or self._verified(token, kid)
        if held is None or not is_good(held, clock.wall().timestamp()):
            return None
        if known is None:
            self._remember(token, held)
        return held

    def trust(self, token: str) -> None:
        """Take a pass as good that the service itself has just answered with: it came by our own connection."""
        try:
            body = token.split(".")[1]
            held = self._said(json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4))))
        except (IndexError, ValueError):
            return
        if held is not None:
            self._remember(token, held)

    def _verified(self, token: str, kid: str) -> SignedPass | None:
        key = self._keys.named(kid)
        if key is None:
            return None
        try:
            return self._said(jwt.decode(token, key, algorithms=[ALGORITHM]).claims)
        except (JoseError, ValueError):
            return None

    def _said(self, claims: Mapping[str, Any]) -> SignedPass | None:
        audience = claims.get("aud") if self._audience is None else self._audience
        return read_claims(claims, self._issuer, audience) if isinstance(audience, str) else None

    def _remember(self, token: str, held: SignedPass) -> None:
        self._known[token] = held
        if len(self._known) > MOST:
            self._known.popitem(last=False)


def opens(held: SignedPass, name: ArticleName, known_id: str | None) -> bool:
    """Tell whether a pass opens an article, by the id that the page says or the service has said."""
    article = name.id or known_id or ""
    return held.covers(article)


def is_young(held: SignedPass) -> bool:
    """Tell whether a pass need not be renewed yet."""
    return clock.wall().timestamp() < held.issued_at + RENEWED_AFTER_SECONDS
