"""A safe for secrets that must be used again, and so can't be hashed: encrypted under a key that no database holds."""

import hmac

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

_HEADER = {"alg": "dir", "enc": "A256GCM"}


class SecretLost(Exception):
    """It can't be read any more: the deployment's secret has changed, or the text is not what was put away."""


class Safe:
    """Keeps texts for one purpose; what is put away for another can't be taken out."""

    def __init__(self, secret_key: str, purpose: str) -> None:
        self._key = OctKey.import_key(hmac.digest(secret_key.encode(), f"paywall safe {purpose}".encode(), "sha256"))

    def put_away(self, text: str) -> str:
        """Return `text` encrypted and authenticated (AES-256-GCM), different each time."""
        return jwe.encrypt_compact(_HEADER, text, self._key)

    def take_out(self, sealed: str) -> str:
        """Return the text; raises SecretLost."""
        try:
            plain = jwe.decrypt_compact(sealed, self._key, algorithms=list(_HEADER.values())).plaintext
        except (JoseError, ValueError):
            raise SecretLost from None
        return (plain or b"").decode()
