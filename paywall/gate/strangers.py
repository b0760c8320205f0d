"""Sessions that nobody is signed in under: a form was looked at, no more. They need not be asked about again.

A session that later signs in is given another cookie, so what is noted here never keeps a reader out.
"""

from collections import OrderedDict
from hashlib import blake2b

MOST = 20_000
Session = tuple[int, str]
"""The publisher's id and the cookie: one and the same cookie may be somebody's at one site and nobody's at another."""


class Strangers:
    """Digests of session cookies; the oldest are forgotten. Safe to share between threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._digests: OrderedDict[bytes, None] = OrderedDict()

    def __contains__(self, session: object) -> bool:
        return _digest(session) in self._digests

    def add(self, session: Session) -> None:
        """Note that nobody is signed in under this session cookie."""
        self._digests[_digest(session)] = None
        if len(self._digests) > self._most:
            self._digests.popitem(last=False)


def _digest(session: object) -> bytes:
    return blake2b(repr(session).encode(), digest_size=16).digest()
