"""What is sent: the event as JSON, and the headers by which the receiver knows that it came from us.

Standard Webhooks: the id stays the same however often an event is sent; the moment is that of the attempt; while a
secret is being replaced there are two signatures.
"""

import hmac
import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from paywall import __version__
from paywall.entitlements.tables import AccessEvent

TEST = "webhook.test"
_PREFIX = "whsec_"
_SECRET_BYTES = 32


def new_secret() -> str:
    """Return a signing secret, as it is shown to the publisher."""
    return _PREFIX + b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def event_payload(event: AccessEvent) -> dict[str, Any]:
    """Return an event as it is told, without anything by which the reader could be known outside of our books."""
    return {
        "type": event.turn,
        "timestamp": _moment(event.occurred_at),
        "data": {
            "readerId": str(event.reader_id),
            "sequence": event.sequence,
            "source": event.source,
            "sourceId": event.source_id,
            "reason": event.standing,
            "validUntil": _moment(event.valid_until),
            "hasAccess": event.has_access,
            "accessUntil": _moment(event.access_until),
        },
    }


def ping_payload(at: datetime) -> dict[str, Any]:
    """Return what is sent to try an endpoint."""
    return {"type": TEST, "timestamp": _moment(at), "data": {}}


def test_message_id(delivery_id: int) -> str:
    """Return the id of a message that tries an endpoint: the same however often it is sent."""
    return f"evt_test_{delivery_id}"


def as_bytes(payload: Mapping[str, Any]) -> bytes:
    """Return the very bytes that are signed and sent."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def headers(message_id: str, body: bytes, keys: Sequence[str], at: datetime) -> dict[str, str]:
    """Return the headers of a message signed with each of `keys` (`whsec_…`); `at` is wall time."""
    seconds = str(int(at.timestamp()))
    signed = f"{message_id}.{seconds}.".encode() + body
    return {
        "Content-Type": "application/json",
        "User-Agent": f"Paywall-Webhooks/{__version__}",
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(_signature(key, signed) for key in keys),
    }


def _signature(key: str, signed: bytes) -> str:
    mark = hmac.digest(b64decode(key.removeprefix(_PREFIX)), signed, "sha256")
    return f"v1,{b64encode(mark).decode()}"


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
