"""The signed links that mails carry: each for one purpose, one reader, one time.

A link is bound to something of the reader that changes when it has been used: a reset link to the secret that every
change of password replaces, a confirmation to the address it confirms. It names its publisher, so that it opens
nothing at another one's site. The signature's time is the machine's own.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

from paywall.errors import PaywallError
from paywall.readers.tables import Reader


class Purpose(StrEnum):
    """What a link is for."""

    RESET = "reset"
    CONFIRM = "confirm"


_ALPHABET = re.compile(r"[A-Za-z0-9._-]+")
WITHIN = {Purpose.RESET: timedelta(hours=1), Purpose.CONFIRM: timedelta(days=7)}


class DeadLink(PaywallError):
    """A link that does nothing."""


class LinkBroken(DeadLink):
    """This link is not complete. Copy it from the mail again, from the first letter to the last."""

    status = 404
    code = "link_broken"


class LinkSpent(DeadLink):
    """This link was used already, or is too old. Ask for a new one."""

    status = 410
    code = "link_spent"


class AlreadyConfirmed(LinkSpent):
    """This address is confirmed. There is nothing left to do."""

    code = "already_confirmed"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a link says: for which reader it was signed, and to what it is bound."""

    purpose: Purpose
    reader_id: int
    seal: str

    def fits(self, reader: Reader) -> bool:
        """Tell whether the link is still good for this reader."""
        return reader.id == self.reader_id and hmac.compare_digest(self.seal, _seal(self.purpose, reader))


def sign(key: str, purpose: Purpose, reader: Reader) -> str:
    """Return the token of a link for this reader, as she is now."""
    return _serializer(key, purpose).dumps([reader.publisher_id, reader.id, _seal(purpose, reader)])


def read(key: str, purpose: Purpose, publisher_id: int, token: str) -> Claim:
    """Return what a token says; raises LinkBroken or LinkSpent."""
    if not _ALPHABET.fullmatch(token):
        raise LinkBroken  # the decoder would pass over letters that it doesn't know
    try:
        said = _serializer(key, purpose).loads(token, max_age=int(WITHIN[purpose].total_seconds()))
    except SignatureExpired as error:
        raise LinkSpent from error
    except BadData as error:
        raise LinkBroken from error
    if said[0] != publisher_id:
        raise LinkBroken
    return Claim(purpose, said[1], said[2])


def _seal(purpose: Purpose, reader: Reader) -> str:
    bound_to = reader.fs_uniquifier if purpose is Purpose.RESET else reader.email_normalized
    return hashlib.sha256(bound_to.encode()).hexdigest()[:32]


def _serializer(key: str, purpose: Purpose) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key, salt=f"paywall.link.{purpose}")
