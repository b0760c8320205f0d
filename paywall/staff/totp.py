"""Codes that change every 30 seconds (RFC 6238: SHA-1, six digits), as every authenticator app makes them."""

import re
from datetime import datetime

from passlib.exc import TokenError
from passlib.totp import TOTP

_DRIFT_SECONDS = 30
"""How far the clock of a phone may be off."""
_CODE = re.compile(r"[0-9]{6}")


def new_secret() -> str:
    """Return a new secret: 160 bits, in base 32."""
    return str(TOTP.new().base32_key)


def code_at(secret: str, at: datetime) -> str:
    """Return the code of that moment, six digits."""
    return str(TOTP(secret).generate(int(at.timestamp())).token)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """Return the number of the time step whose code this is, None for a wrong one; `now` is wall time."""
    if not _CODE.fullmatch(code):
        return None
    try:
        return int(TOTP(secret).match(code, time=int(now.timestamp()), window=_DRIFT_SECONDS).counter)
    except TokenError:
        return None


def address_for_apps(secret: str, label: str, issuer: str) -> str:
    """Return the `otpauth:` address by which an app on the same device takes the secret over."""
    return str(TOTP(secret).to_uri(label=label.replace(":", " "), issuer=issuer.replace(":", " ")))


def in_groups(secret: str) -> str:
    """Return the secret as one types it: groups of four."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
