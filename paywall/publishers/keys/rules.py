"""How a key is spelled, what it may do, and where a publishable one may be used: pure functions and plain values.

`pw_sk_ID_SECRET` is a secret key, for servers; `pw_pk_ID_SECRET` a publishable one, for pages. ID is 12 characters of
base32, SECRET 43 URL-safe ones (256 random bits). Only the id and a SHA-256 of the whole key are kept.
"""

import hashlib
import re
from base64 import b32encode
from dataclasses import dataclass
from enum import StrEnum
from secrets import token_bytes, token_urlsafe
from typing import NamedTuple
from urllib.parse import urlsplit

from paywall.errors import BadInput

_SPELLING = re.compile(r"pw_([sp])k_([a-z2-7]{12})_[A-Za-z0-9_-]{43}").fullmatch
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*").fullmatch
_PORTS = {"http": 80, "https": 443}
_LONGEST_ORIGIN = 300


class Scope(StrEnum):
    """What a key may be used for."""

    CHECK = "check"
    """Asking whether somebody may read an article."""
    ARTICLES = "articles"
    """Sending, reading and deleting articles."""
    READERS = "readers"
    """Reading readers' rights, and granting them."""
    WEBHOOKS = "webhooks"
    """Managing the addresses that are told of changes."""


ALL_SCOPES = frozenset(Scope)
PUBLISHABLE_SCOPES = frozenset({Scope.CHECK})


class Spelled(NamedTuple):
    """A key as it was sent, if it is spelled like one."""

    public_id: str
    digest: str
    is_publishable: bool


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling, as far as a key tells."""

    publisher_id: int
    key_id: int
    scopes: frozenset[Scope]
    is_publishable: bool
    calls_per_second: int


def new_key(*, is_publishable: bool) -> str:
    """Return a key that nobody has had before."""
    kind = "pk" if is_publishable else "sk"
    public_id = b32encode(token_bytes(8)).decode().lower()[:12]
    return f"pw_{kind}_{public_id}_{token_urlsafe(32)}"


def read_key(text: str) -> Spelled | None:
    """Return the parts of a key, None for anything that is not spelled like one."""
    found = _SPELLING(text)
    if found is None:
        return None
    return Spelled(found[2], hashlib.sha256(text.encode()).hexdigest(), found[1] == "p")


def parse_scopes(words: list[str]) -> frozenset[Scope]:
    """Return the scopes of those names; raises BadInput for another name, or for none."""
    try:
        scopes = frozenset(Scope(word) for word in words)
    except ValueError as error:
        raise BadInput("scopes", f"Choose from: {', '.join(Scope)}.") from error
    if not scopes:
        raise BadInput("scopes", f"Name at least one of: {', '.join(Scope)}.")
    return scopes


def parse_origin(text: str) -> str:
    """Return an origin as browsers spell it (`https://www.example.com`, the port where unusual); raises BadInput."""
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise BadInput("origin", _ORIGIN_ADVICE) from error
    is_plain = parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username or parts.password)
    if parts.scheme not in _PORTS or not _HOST(host) or not is_plain or len(text) > _LONGEST_ORIGIN:
        raise BadInput("origin", _ORIGIN_ADVICE)
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, _PORTS[parts.scheme]) else "")


_ORIGIN_ADVICE = "Give scheme and host, as in https://www.example.com; letters outside ASCII as xn--…"
