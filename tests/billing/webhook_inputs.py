"""What is sent to the webhook by friend and foe, by the names that `tests/cases/webhook.tsv` uses."""

import gzip
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

from paywall import clock

SECRET = "whsec_tests_only"
Sent = tuple[bytes, dict[str, str]]

UNSIGNED: dict[str, bytes] = {
    "spaces": b"   ",
    "nul": b"a\x00b",
    "overlong_slash": b"\xc0\xaf",
    "byte_order_mark": "\ufeffx".encode(),
    "combining_marks": ("e" + "\u0301" * 5000).encode(),
    "emoji": "\N{GRINNING FACE}".encode(),
    "ten_mebibytes": b"x" * 10_485_760,
    "header_line": b"x\r\nBcc: v@evil.example",
    "script": b"<script>alert(1)</script>",
    "attribute": b'" onmouseover=alert(1) x="',
    "sql_quote": b"' OR '1'='1' --",
    "sql_wildcards": b"%_%",
    "path": b"../../etc/passwd",
    "formula": b'=HYPERLINK("http://evil")',
    "format_string": b"%s%n{0.__class__}",
    "operator_object": b'{"$ne":null}',
    "array_field": b"a[]=1",
    "bare_number": b"1",
    "huge_integer": b"100000000000000000000000",
    "underscored_number": b"1_000",
    "duplicate_keys": b'{"a":1,"a":2}',
    "nothing": b"",
    "not_utf8": b"\xff\xfe",
}


def signature(body: bytes, secret: str = SECRET, age: int = 0, scheme: str = "v1") -> str:
    stamp = int(clock.wall().timestamp()) - age
    return f"t={stamp},{scheme}={_digest(body, secret, str(stamp))}"


def signed(body: bytes, **how: Any) -> Sent:
    return body, {"Stripe-Signature": signature(body, **how)}


def event(event_id: str = "evt_1", **more: Any) -> dict[str, Any]:
    """Return a small event of a type that concerns us."""
    return {
        "id": event_id,
        "object": "event",
        "type": "customer.subscription.updated",
        "created": 1_795_440_573,
        "livemode": False,
        "data": {"object": {"id": "sub_1", "object": "subscription", "customer": "cus_1"}},
        **more,
    }


def signed_event(*args: Any, **more: Any) -> Sent:
    return signed(json.dumps(event(*args, **more)).encode())


def sent(name: str) -> Sent:
    """Return the body and headers of a case."""
    if name in UNSIGNED:
        return UNSIGNED[name], {"Stripe-Signature": "t=1,v1=00"}
    return _MADE[name]()


def _digest(body: bytes, secret: str, stamp: str) -> str:
    return hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()


def _with_stamp(stamp: str) -> Sent:
    body = json.dumps(event()).encode()
    return body, {"Stripe-Signature": f"t={stamp},v1={_digest(body, SECRET, stamp)}"}


def _two_stamps() -> Sent:
    body, headers = signed_event()
    return body, {"Stripe-Signature": headers["Stripe-Signature"] + ",t=1"}


def _second_right() -> Sent:
    body, headers = signed_event()
    stamp, right = headers["Stripe-Signature"].split(",")
    return body, {"Stripe-Signature": f"{stamp},v1={'0' * 64},{right}"}


def _multipart() -> Sent:
    parts = b"".join(b'--x\r\nContent-Disposition: form-data; name="a%d"\r\n\r\n1\r\n' % n for n in range(5000))
    return parts, {"Content-Type": "multipart/form-data; boundary=x"}


def _deep() -> Sent:
    depth = 200_000
    return signed(b'{"id": "evt_1", "data": ' + b"[" * depth + b"]" * depth + b"}")


_MADE: dict[str, Callable[[], Sent]] = {
    "multipart": _multipart,
    "gzip_bomb": lambda: (gzip.compress(b"0" * 10_000_000), {"Content-Encoding": "gzip"}),
    "header_empty": lambda: (signed_event()[0], {"Stripe-Signature": ""}),
    "header_missing": lambda: (signed_event()[0], {}),
    "header_not_ascii": lambda: (signed_event()[0], {"Stripe-Signature": "t=1,v1=\u00e4\u00f6"}),
    "only_v0": lambda: signed(json.dumps(event()).encode(), scheme="v0"),
    "too_old": lambda: signed(json.dumps(event()).encode(), age=302),
    "too_young": lambda: signed(json.dumps(event()).encode(), age=-305),
    "just_young_enough": lambda: signed(json.dumps(event()).encode(), age=295),
    "wrong_secret": lambda: signed(json.dumps(event()).encode(), secret="whsec_somebody_elses"),
    "second_signature_right": _second_right,
    "two_stamps": _two_stamps,
    "endless_stamp": lambda: _with_stamp("1" * 5000),
    "underscored_stamp": lambda: _with_stamp("1_795_440_573"),
    "full_width_stamp": lambda: (
        signed_event()[0],
        {"Stripe-Signature": "t=\uff11\uff12,v1=00".encode().decode("latin-1")},
    ),
    "not_utf8_signed": lambda: signed(b"\xff\xfe"),
    "signed_list": lambda: signed(b"[]"),
    "signed_text": lambda: signed(b'"x"'),
    "signed_null": lambda: signed(b"null"),
    "signed_number": lambda: signed(b"1"),
    "signed_truncated": lambda: signed(json.dumps(event()).encode()[:-1]),
    "signed_nan": lambda: signed(json.dumps(event(created=float("nan"))).encode()),
    "signed_nul_in_id": lambda: signed_event("evt_\0"),
    "signed_thin": lambda: signed_event(object="v2.core.event", created="2026-11-23T10:00:00Z", data={}),
    "signed_unknown_type": lambda: signed_event(type="tax.rate.wobbled"),
    "signed_livemode": lambda: signed_event(livemode=True),
    "signed_other_account": lambda: signed_event(account="acct_other"),
    "signed_without_id": lambda: signed(b'{"object": "event", "type": "x"}'),
    "signed_deep": _deep,
    "signed_odd_parts": lambda: signed_event(
        type="invoice.paid", data={"object": {"id": "in_1", "parent": {"subscription_details": ["sub_1"]}}}
    ),
}
