"""What is sent to `/v1/check` by friend and foe, by the names that `tests/cases/check.tsv` uses."""

import gzip
import json
from collections.abc import Callable
from typing import Any

Sent = dict[str, Any]
"""What goes into a call: `data`, `content_type`, `headers`, `query_string`, `path`."""

TEXTS: dict[str, str] = {
    "spaces": "   ",
    "byte_order_mark": "\ufeffx",
    "combining_marks": "e" + "\u0301" * 5000,
    "emoji": "\N{GRINNING FACE}",
    "header_line": "x\r\nBcc: v@evil.example",
    "script": "<script>alert(1)</script>",
    "attribute": '" onmouseover=alert(1) x="',
    "sql_quote": "' OR '1'='1' --",
    "sql_wildcards": "%_%",
    "path": "../../etc/passwd",
    "formula": '=HYPERLINK("http://evil")',
    "format_string": "%s%n{0.__class__}",
    "nul": "a\x00b",
    "id_leading_zero": "01",
    "id_full_width": "\uff11",
    "id_escaped": "%31",
    "id_with_nul_escape": "1%00",
    "id_negative": "-1",
    "id_astronomical": "100000000000000000000000",
}
BODIES: dict[str, bytes] = {
    "overlong_slash": b'{"article": "\xc0\xaf"}',
    "ten_mebibytes": json.dumps({"article": "x" * 10_485_760}).encode(),
    "operator_object": b'{"article": {"$ne": null}}',
    "bare_number": b'{"article": 1}',
    "huge_integer": b'{"article": 100000000000000000000000}',
    "underscored_number": b'{"article": 1_000}',
    "duplicate_keys": b'{"article": "metered-0", "article": "metered-1"}',
    "nothing": b"",
}


def question(article: str = "metered-0", **more: Any) -> Sent:
    return {"data": json.dumps({"article": article, "visitor": "visitor-0001", **more}).encode()}


def sent(name: str) -> Sent:
    """Return what is sent in a case that needs nothing but a key."""
    if name in TEXTS:
        return question(TEXTS[name])
    return {"data": BODIES[name]} if name in BODIES else _MADE[name]()


def _multipart() -> Sent:
    parts = b"".join(b'--x\r\nContent-Disposition: form-data; name="a%d"\r\n\r\n1\r\n' % n for n in range(5000))
    return {"data": parts, "content_type": "multipart/form-data; boundary=x"}


def _gzip_bomb() -> Sent:
    return {"data": gzip.compress(b"0" * 10_000_000), "headers": {"Content-Encoding": "gzip"}}


def _with(**headers: str) -> Callable[[], Sent]:
    return lambda: {**question(), "headers": {name.replace("_", "-"): value for name, value in headers.items()}}


_MADE: dict[str, Callable[[], Sent]] = {
    "multipart": _multipart,
    "gzip_bomb": _gzip_bomb,
    "array_field": lambda: {"method": "GET", "query_string": "a[]=1"},
    "key_in_query": lambda: {**question(), "query_string": "key=pw_sk_abcdefghijkl_x"},
    "token_with_bad_signature": lambda: {"data": json.dumps({"article": "metered-0", "reader": "A" * 76}).encode()},
    "accepts_pages": _with(Accept="text/html"),
    "accepts_nothing": _with(Accept="*/*;q=0"),
    "accepts_unsaid": question,
    "ten_kilobytes_of_languages": _with(Accept_Language="az," * 3400),
    "asks_whether_it_changed": _with(If_None_Match='"x"', If_Modified_Since="Mon, 01 Jan 2035 00:00:00 GMT"),
    "plain_text": lambda: {**question(), "content_type": "text/plain"},
    "forged_visitor_cookie": _with(Cookie="__Host-visitor=1.AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA; meter=-99"),
    "article_of_another_publisher": lambda: question("rivals-own"),
    "url_with_tags_and_fragment": lambda: {
        "data": json.dumps(
            {"url": "HTTPS://WWW.paper.test:443/harbour/?utm_source=x&fbclid=y#top", "visitor": "visitor-0001"}
        ).encode()
    },
    "url_of_another_host": lambda: {"data": json.dumps({"url": "https://www.other.test/harbour"}).encode()},
}
