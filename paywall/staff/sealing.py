"""Secrets of second factors at rest: encrypted and authenticated (AES-256-GCM), each for one member."""

import hmac
from dataclasses import dataclass

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from paywall.staff.rules import Staff

_HEADER = {"alg": "dir", "enc": "A256GCM"}


@dataclass(frozen=True, slots=True)
class Chest:
    """Seals what belongs to one member, with a key that is derived from the deployment's secret."""

    secret_key: str
    staff: Staff

    def put_away(self, secret: str) -> str:
        """Return the secret sealed."""
        return jwe.encrypt_compact(_HEADER, secret, self._key())

    def take_out(self, sealed: str) -> str | None:
        """Return the secret; None for what was sealed for somebody else, or with another deployment's secret."""
        try:
            plain = jwe.decrypt_compact(sealed, self._key(), algorithms=list(_HEADER.values())).plaintext
        except (JoseError, ValueError):
            return None
        return (plain or b"").decode()

    def digest(self, code: str) -> str:
        """Return what is kept of a recovery code: keyed, so that a copy of the database tells nobody."""
        return hmac.digest(self._derived(), b"recovery code " + code.encode(), "sha256").hex()

    def _derived(self) -> bytes:
        purpose = f"paywall staff second factor {self.staff.member_id}"
        return hmac.digest(self.secret_key.encode(), purpose.encode(), "sha256")

    def _key(self) -> OctKey:
        return OctKey.import_key(self._derived())
