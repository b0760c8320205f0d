"""The pass: a short signed proof of who somebody is and, where they may read everything, until when.

A pass may only say yes. It travels in a cookie of 76 characters of base64: a packed record and 128 bits of HMAC-SHA256
under a key that serves no other purpose. Reading one takes microseconds and asks nobody.
"""

import hmac
from binascii import a2b_base64, b2a_base64
from datetime import datetime
from hashlib import blake2b
from struct import Struct
from typing import NamedTuple

from paywall.entitlements.rules import Standing

RENEW_AFTER_SECONDS = 2 * 60
LIFE_SECONDS = 5 * 60
OUTAGE_LIFE_SECONDS = 15 * 60
"""How long our own gate takes a pass while the database can't be reached."""
IDENTITY_LIFE_SECONDS = 24 * 60 * 60
"""How long a pass tells who somebody is, for this process's snapshot of their rights during an outage."""

NOT_MERGED = bytes(6)
_RECORD = Struct("!BBBIQQIII6s")  # 41 bytes
_VERSION = 1
_SIGNATURE_BYTES = 16
_CHARACTERS = 76
_STAFF = 1
_STANDINGS: tuple[Standing | None, ...] = (
    None,
    Standing.SUBSCRIBED,
    Standing.TRIALING,
    Standing.IN_GRACE,
    Standing.PAID_THROUGH,
    Standing.COMP,
)
"""Their places are what passes carry: new ones go to the end."""


class Pass(NamedTuple):
    """What a pass says. Times are epoch seconds."""

    publisher_id: int
    reader_id: int
    sign_in_id: int
    access_number: int
    standing: Standing | None
    """None: the pass says who this is and no more."""
    is_staff: bool
    open_until: int
    """Business time until which the standing holds."""
    minted_at: int
    """Wall time."""
    merged: bytes
    """Which visitor's views were added to the reader's: a digest."""

    def opens_everything(self, now: float) -> bool:
        """Tell whether this pass alone opens every article at business time `now`, an epoch second."""
        return self.is_staff or (self.standing is not None and now < self.open_until)


def pass_key(secret: str) -> bytes:
    """Derive the key that signs passes from the deployment's secret."""
    return hmac.digest(secret.encode(), b"paywall pass", "sha256")


def mint(key: bytes, facts: Pass) -> str:
    """Return the cookie value that says `facts`."""
    record = _RECORD.pack(
        _VERSION,
        _STANDINGS.index(facts.standing),
        _STAFF if facts.is_staff else 0,
        facts.publisher_id,
        facts.reader_id,
        facts.sign_in_id,
        facts.access_number,
        facts.open_until,
        facts.minted_at,
        facts.merged,
    )
    return b2a_base64(record + _signature(key, record), newline=False).decode()


def read(key: bytes, cookie_value: str) -> Pass | None:
    """Return what the cookie value says, None for anything that was not minted with `key`. Never raises."""
    if len(cookie_value) != _CHARACTERS:
        return None
    try:
        signed = a2b_base64(cookie_value)
    except ValueError:
        return None
    record = signed[:-_SIGNATURE_BYTES]
    if len(record) != _RECORD.size or not hmac.compare_digest(signed[-_SIGNATURE_BYTES:], _signature(key, record)):
        return None
    version, standing, flags, publisher, reader, sign_in, number, until, minted, merged = _RECORD.unpack(record)
    if version != _VERSION or standing >= len(_STANDINGS):
        return None
    return Pass(publisher, reader, sign_in, number, _STANDINGS[standing], flags == _STAFF, until, minted, merged)


def whole_seconds(moment: datetime) -> int:
    """Return the epoch second of `moment`, as far as a pass can carry it."""
    return min(int(moment.timestamp()), 0xFFFFFFFF)


def visitor_digest(visitor: str) -> bytes:
    """Return the short name of a visitor for `Pass.merged`."""
    return blake2b(visitor.encode("utf-8", "replace"), digest_size=6).digest()


def _signature(key: bytes, record: bytes) -> bytes:
    return hmac.digest(key, record, "sha256")[:_SIGNATURE_BYTES]
