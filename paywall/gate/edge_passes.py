"""Edge passes: cookies that a web server in front checks by itself, as nginx's secure_link does, with no call to us.

Each says END.SIGNATURE. One is to be renewed after two minutes, by asking us; one holds for five, for the time while
we can't be asked. They say that whoever has them may read everything, and no more. secure_link knows MD5 alone: with
the secret behind a text of fixed shape that no reader can choose, what is broken in MD5 (collisions) is of no use here.
"""

import hmac
from base64 import urlsafe_b64encode
from datetime import datetime
from hashlib import md5
from typing import Final, NamedTuple

from paywall.gate.passes import LIFE_SECONDS, RENEW_AFTER_SECONDS
from paywall.web.cookies import EDGE_COOKIES


class Kind(NamedTuple):
    """One of the two cookies: its name, the word that goes into its signature, and how long it lives."""

    cookie: str
    word: str
    seconds: int


FRESH: Final = Kind(EDGE_COOKIES[0], "fresh", RENEW_AFTER_SECONDS)
KEPT: Final = Kind(EDGE_COOKIES[1], "kept", LIFE_SECONDS)
KINDS: Final = (FRESH, KEPT)


def edge_secret(secret_key: str, publisher_id: int, number: int) -> str:
    """Return what a publisher's web server signs and checks with: the `number`-th of that publisher."""
    label = f"paywall edge:{publisher_id}:{number}".encode()
    return _text(hmac.digest(secret_key.encode(), label, "sha256"))


def mint(secret: str, kind: Kind, now: datetime, open_until: datetime | None = None) -> str:
    """Return the cookie's value at wall time `now`; it never outlives the right it stands for."""
    end = int(now.timestamp()) + kind.seconds
    if open_until is not None:
        end = min(end, int(open_until.timestamp()))
    return f"{end}.{signature(secret, kind, end)}"


def signature(secret: str, kind: Kind, end: int) -> str:
    """Return what nginx computes as `secure_link_md5 "$secure_link_expires WORD SECRET"`."""
    return _text(md5(f"{end} {kind.word} {secret}".encode(), usedforsecurity=False).digest())


def _text(digest: bytes) -> str:
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
