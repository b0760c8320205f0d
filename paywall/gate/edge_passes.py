"""Edge passes: a cookie that a web server in front checks by itself, as nginx's secure_link does, with no call to us.

It says END.SIGNATURE and holds for five minutes: whoever has it may read everything. A second cookie says nothing but
that the first is younger than two minutes; the browser drops it then, the next page asks us, and both are given anew.
So payers cost a call every two minutes, and read on for three more while we can't be asked. secure_link knows MD5
alone: with the secret behind a number that no reader can choose, what is broken in MD5 (collisions) is of no use here.
"""

import hmac
from base64 import urlsafe_b64encode
from datetime import datetime
from hashlib import md5
from typing import Final, NamedTuple

from paywall.gate.passes import LIFE_SECONDS, RENEW_AFTER_SECONDS
from paywall.web.cookies import EDGE_COOKIES

PASS, IS_FRESH = EDGE_COOKIES
FRESH: Final = "1"


class Kept(NamedTuple):
    """A cookie that the browser is to keep for so many seconds."""

    name: str
    value: str
    seconds: int


def edge_secret(secret_key: str, publisher_id: int, number: int) -> str:
    """Return what a publisher's web server signs and checks with: the `number`-th of that publisher."""
    label = f"paywall edge:{publisher_id}:{number}".encode()
    return _text(hmac.digest(secret_key.encode(), label, "sha256"))


def cookies(secret: str, now: datetime, open_until: datetime | None = None) -> tuple[Kept, Kept]:
    """Return both cookies at wall time `now`; the pass never outlives the right it stands for."""
    return (Kept(PASS, mint(secret, now, open_until), LIFE_SECONDS), Kept(IS_FRESH, FRESH, RENEW_AFTER_SECONDS))


def mint(secret: str, now: datetime, open_until: datetime | None = None) -> str:
    """Return the pass of wall time `now`."""
    end = int(now.timestamp()) + LIFE_SECONDS
    if open_until is not None:
        end = min(end, int(open_until.timestamp()))
    return f"{end}.{signature(secret, end)}"


def signature(secret: str, end: int) -> str:
    """Return what nginx computes as `secure_link_md5 "$secure_link_expires SECRET"`."""
    return _text(md5(f"{end} {secret}".encode(), usedforsecurity=False).digest())


def _text(digest: bytes) -> str:
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
