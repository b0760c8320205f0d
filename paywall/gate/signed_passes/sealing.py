"""Names and numbers that leave in a pass without telling anybody anything, and private keys at rest."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from struct import Struct
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

_SESSION = Struct("!QII")  # one block of AES
_SEALED_CHARACTERS = 22
_HEADER = {"alg": "dir", "enc": "A256GCM"}


class Session(NamedTuple):
    """By what a reader's pass can be ended before its time."""

    reader_id: int
    sign_in_id: int
    access_number: int


class Seal:
    """Seals with keys that are derived from the deployment's secret, each for one purpose."""

    def __init__(self, secret_key: str) -> None:
        self._subject_key = _derive(secret_key, b"paywall pass subject")
        self._cipher = Cipher(
            algorithms.AES(_derive(secret_key, b"paywall pass session")),
            modes.ECB(),  # noqa: S305 - a single block: there is no second one that could look alike
        )
        self._chest = OctKey.import_key(_derive(secret_key, b"paywall pass keys"))

    def subject(self, publisher_id: int, counted_as: str) -> str:
        """Return somebody's name for a publisher's eyes (22 URL-safe characters): the same each time, and one-way."""
        return _text(hmac.digest(self._subject_key, f"{publisher_id}\n{counted_as}".encode(), "sha256")[:16])

    def session(self, session: Session) -> str:
        """Return a sign-in as 22 characters that only `open_session` can read."""
        return _text(self._cipher.encryptor().update(_SESSION.pack(*session)))

    def open_session(self, sealed: str) -> Session | None:
        """Return the sign-in, None for what can't be one."""
        if len(sealed) != _SEALED_CHARACTERS:
            return None
        try:
            block = urlsafe_b64decode(sealed + "==")
        except ValueError:
            return None
        return Session(*_SESSION.unpack(self._cipher.decryptor().update(block)))

    def put_away(self, private_key: dict[str, Any]) -> str:
        """Return a private JWK encrypted and authenticated (AES-256-GCM)."""
        return jwe.encrypt_compact(_HEADER, json.dumps(private_key), self._chest)

    def take_out(self, sealed: str) -> dict[str, Any] | None:
        """Return the private JWK, None where the deployment's secret has changed since."""
        try:
            plain = jwe.decrypt_compact(sealed, self._chest, algorithms=list(_HEADER.values())).plaintext
        except (JoseError, ValueError):
            return None
        found: dict[str, Any] = json.loads(plain or b"{}")
        return found


def _derive(secret_key: str, purpose: bytes) -> bytes:
    return hmac.digest(secret_key.encode(), purpose, "sha256")


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
