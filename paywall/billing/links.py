"""Signed links in mails: they open one page for one thing, and sign nobody in."""

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256

from paywall.errors import NotFound

_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,600}")
_MARK_BYTES = 16
_SEPARATOR = "\n"


class DeadLink(NotFound):
    """This link is not complete. Copy the whole of it from the mail, or sign in."""

    code = "dead_link"


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and reads the tokens in links; `key` is the deployment's secret."""

    key: str = field(repr=False)

    def token(self, purpose: str, *parts: str) -> str:
        """Return a token that stands for `parts`, good for this `purpose` only and for as long as the key is."""
        said = _SEPARATOR.join(parts).encode()
        return urlsafe_b64encode(self._mark(purpose, said) + said).decode().rstrip("=")

    def read(self, purpose: str, token: str) -> tuple[str, ...]:
        """Return the parts of a token that `token` made for the same purpose; raises DeadLink for anything else."""
        if not _TOKEN.fullmatch(token):
            raise DeadLink
        try:
            raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except ValueError:  # cut off after a part of a byte
            raise DeadLink from None
        mark, said = raw[:_MARK_BYTES], raw[_MARK_BYTES:]
        if not hmac.compare_digest(mark, self._mark(purpose, said)):
            raise DeadLink
        return tuple(said.decode().split(_SEPARATOR))

    def keyed_hash(self, purpose: str, said: str) -> str:
        """Return what stands for something that is to be known again, but not kept."""
        return self._mark(f"hash {purpose}", said.encode()).hex()

    def _mark(self, purpose: str, said: bytes) -> bytes:
        return hmac.new(self.key.encode(), f"paywall billing {purpose}\0".encode() + said, sha256).digest()[
            :_MARK_BYTES
        ]
