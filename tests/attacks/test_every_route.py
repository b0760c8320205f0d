"""Every route, asked with every kind of odd value: an answer of the product's own, never a failure, never an echo."""

import random
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
from werkzeug.routing import Rule

from paywall.app import Product
from tests.gate.visits import CANARY, Browser

SCRIPT = "\"'><script>alert(1)</script>"
ODD = [
    "", "\0", "\x7f", "\xff\xfe", "\xed\xa0\x80", "\xc0\xaf", "x" * 5000, "9" * 400, "-1", "1e309", "NaN", "1_000",
    "../../etc/passwd", SCRIPT, "' OR 1=1 --", "{{7*7}}", "%s%n", "[]", "null", "a\r\nX-Injected: y", "\\",
    "cs_test_../../v1/customers", "news:digital:month:azn", "a@example.org", "a@[127.0.0.1]", "=cmd",
    "18446744073709551616", ";", "a[]=1", "/" * 50, "\xf0\x9f\x92\xa5", "\xef\xbc\x91", "\xc4\xb0", "\xe2\x80\xae",
]  # fmt: skip
FIELDS = [
    "email", "password", "present_password", "next", "price", "plan", "remember", "session_id", "times", "page",
    "reason", "comment", "periods", "moment", "seal", "kind", "on",
]  # fmt: skip
HEADERS = {
    "HTTP_ACCEPT": ["application/json", "text/html;q=x", "q=1;;,,", "a/b;q=1e999", "\xff"],
    "HTTP_COOKIE": ["__Host-session=.eJw.x.y", "__Host-visitor=1." + "\xe9" * 45, "__Host-pass=" + "\xff" * 76, "=;;="],
    "HTTP_RANGE": ["bytes=5-2,,", "x=", "bytes=99999999999999999999-"],
    "HTTP_IF_MODIFIED_SINCE": ["Mon, 01 Jan 99999 00:00:00 GMT", "Sat, 01 Jan 1 00:00:00 -9999", "x"],
    "HTTP_IF_NONE_MATCH": ['W/"x', "\xff", "," * 500],
    "HTTP_ORIGIN": ["null", "https://news.test", "\xff"],
    "HTTP_REFERER": ["https://[", "\xff\xfe", "http://a:99999999/"],
    "HTTP_X_FORWARDED_FOR": ["x", "::1%eth0", "\xff"],
    "HTTP_HOST": ["NEWS.TEST", "rival.test", "", "\xff", "[", "a:b:c", "xn--"],
    "HTTP_AUTHORIZATION": ["Basic \xff", "Digest x=", "Bearer"],
    "HTTP_STRIPE_SIGNATURE": ["t=1,v1=", "t=\xb2,v1=x", ",".join(["v1=a"] * 900)],
    "CONTENT_LENGTH": ["", "-1", "abc", "9" * 30],
    "CONTENT_TYPE": [
        "multipart/form-data", "multipart/form-data; boundary=\xff", "application/json", ";;;", "\xff/\xff",
        "application/x-www-form-urlencoded; charset=utf-16",
    ],
}  # fmt: skip
SEEDS = range(2)
ODD_PATHS = 6
SOLD = ("/subscribe", "/account", "/billing", "/webhooks")
"""Pages that say 503 here, where no payments are set up."""


def _paths(rule: Rule, dice: random.Random) -> Iterator[str]:
    """Yield the path of a rule; of one with parts, some with odd ones: over all methods and seeds every kind comes."""
    for odd in dice.sample(ODD, ODD_PATHS) if rule.arguments else [""]:
        path = rule.rule
        for name in rule.arguments:
            path = path.replace(f"<int:{name}>", "9" * 30).replace(f"<{name}>", odd)
        yield path


def _environ(dice: random.Random, path: str, method: str, cookie: str, token: str) -> dict[str, Any]:
    fields = {dice.choice(FIELDS): dice.choice(ODD) for _ in range(3)}
    form = "&".join(f"{name}={quote(value.encode('latin-1'))}" for name, value in fields.items())
    body = f"csrf_token={token}&{form}".encode()
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": form, "SCRIPT_NAME": "",
        "SERVER_NAME": "news.test", "SERVER_PORT": "443", "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "https", "wsgi.input": BytesIO(body),
        "wsgi.input_terminated": True, "HTTP_HOST": "news.test", "REMOTE_ADDR": "203.0.113.9",
        "CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body)),
        "HTTP_COOKIE": f"__Host-session={cookie}",
    }  # fmt: skip
    for name in dice.sample(sorted(HEADERS), dice.randrange(3)):
        environ[name] = dice.choice(HEADERS[name])
    return environ


class TestAnOddRequest:
    @pytest.mark.parametrize("seed", SEEDS)
    @pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "DELETE", "\xff"])
    def test_gets_an_answer_that_shows_and_repeats_nothing(self, product: Product, seed: int, method: str) -> None:
        product.flask.extensions["paywall.limits"].enabled = False
        browser = Browser(product.flask)
        browser.sign_up("reader@example.org")
        cookie, token, dice = browser.cookie(), browser.csrf_token(), random.Random(f"{seed} {method}")
        for rule in product.flask.url_map.iter_rules():
            for path in _paths(rule, dice):
                environ = _environ(dice, path, method, cookie, token)
                status, headers, body = _answer(product, environ)
                about = f"{method} {path!r} {environ}"
                assert status < 500 or (status == 503 and path.startswith(SOLD)), about
                assert b"<script>alert" not in body, about
                assert CANARY.encode() not in body or "free" in path, about
                assert not any("\n" in value or "\r" in value for _, value in headers), about


def _answer(product: Product, environ: dict[str, Any]) -> tuple[int, list[tuple[str, str]], bytes]:
    said: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _exc_info: object = None) -> Any:
        said.append((status, headers))

    pieces = product.flask.wsgi_app(environ, start_response)
    body = b"".join(pieces)
    getattr(pieces, "close", lambda: None)()
    return int(said[-1][0][:3]), said[-1][1], body


class TestEveryAnswer:
    @pytest.mark.parametrize(
        "path", ["/", "/login", "/nowhere", "/articles/metered-0", "/subscribe", "/feed.xml", "/x\0"]
    )
    def test_can_be_framed_by_nobody_and_runs_no_script_of_others(self, browser: Browser, path: str) -> None:
        headers = browser.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"

    @pytest.mark.parametrize("path", ["/subscribe", "/login", "/signup", "/confirm", "/forgot-password"])
    def test_shows_what_was_asked_for_as_text(self, browser: Browser, path: str) -> None:
        query = dict.fromkeys([*FIELDS, "next"], "/" + SCRIPT)
        page = browser.get(path, query_string=query).text
        assert "<script>alert" not in page
        assert "'><" not in page
