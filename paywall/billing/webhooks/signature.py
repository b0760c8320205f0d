"""Telling Stripe's webhooks from anybody else's: the header `Stripe-Signature: t=SECONDS,v1=HEX[,v1=HEX…]`.

Written out rather than left to the SDK, which takes a stamp from the future, one secret at a time, and fails before
the check on bytes that are not text. A test holds both to the same signatures.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NoReturn

from paywall.billing.stripe_errors import BadPayload, BadSignature

TOLERANCE_SECONDS = 300
_LONGEST_HEADER = 4096
_LONGEST_STAMP = 12
_ESCAPE = b"\\u"


def verify_webhook(raw: bytes, header: str, secrets: Sequence[str], now: datetime) -> dict[str, Any]:
    """Return the event that Stripe signed with one of our `secrets`; `now` is wall time.

    Raises BadSignature before anything of the body is read, BadPayload if a signed body is not an event.
    """
    stamp, signatures = _parse(header)
    if abs(now.timestamp() - int(stamp)) > TOLERANCE_SECONDS:
        raise BadSignature
    if not any(_is_signed(raw, stamp, signatures, secret) for secret in secrets if secret.strip()):
        raise BadSignature
    return _event(raw)


def _parse(header: str) -> tuple[str, list[str]]:
    """Return the one stamp and every v1 signature of a header."""
    if len(header) > _LONGEST_HEADER or not header.isascii():
        raise BadSignature
    parts = [part.strip().partition("=") for part in header.split(",")]
    stamps = [value for name, _, value in parts if name == "t"]
    signatures = [value for name, _, value in parts if name == "v1"]
    if len(stamps) != 1 or not stamps[0].isdigit() or len(stamps[0]) > _LONGEST_STAMP:
        raise BadSignature
    return stamps[0], signatures


def _is_signed(raw: bytes, stamp: str, signatures: Iterable[str], secret: str) -> bool:
    expected = hmac.new(secret.encode(), stamp.encode() + b"." + raw, hashlib.sha256).hexdigest()
    return any(hmac.compare_digest(expected, signature) for signature in signatures)


def _event(raw: bytes) -> dict[str, Any]:
    try:
        event = json.loads(raw.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadPayload from error
    if not isinstance(event, dict) or (_ESCAPE in raw and not _can_be_stored(event)):
        raise BadPayload
    return event


def _can_be_stored(event: dict[str, Any]) -> bool:
    """Tell whether there is neither a lone surrogate nor a NUL in it: only an escape can have brought one in."""
    try:
        text = json.dumps(event, ensure_ascii=False)
        text.encode()
    except (ValueError, RecursionError):
        return False
    return "\\u0000" not in text.replace("\\\\", "")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
