"""A served newspaper asked in ways that no browser asks: a locked text never comes out, however its address is spelled.

Every row is sent as bytes to a real server. The control is a free article with the same sentence.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from paywall import schema
from paywall.database import Base, Database
from paywall.publishers.setup import NewPublisher, set_up_publisher
from paywall.serving import free_port, port_is_taken
from tests.attacks.wire import Wire
from tests.gate.conftest import add_article
from tests.gate.visits import CANARY, PREVIEW

LOCKED, FREE = "/articles/locked", "/articles/open"
SPELLINGS = [
    "/articles/locked?print=1&page=all&output=json&_escaped_fragment_=",
    "/articles/locked#full", "/%61rticles/locked", "/articles/%6cocked", "/articles%2Flocked",
    "//articles/locked", "///articles/locked", "/articles//locked", "/articles/./locked", "/articles/%2e/locked",
    "/x/../articles/locked", "/%2e%2e/articles/locked", "/static/../articles/locked", "/articles/x/../locked",
    "/articles/locked/", "/articles/locked//", "/articles/locked%2f", "/articles/locked/feed", "/articles/locked/amp",
    "/articles/locked;v=1", "/articles/locked%00", "/articles/locked.html", "/articles/locked.json",
    "/articles/locked%20", "/articles/locked.", "/articles/locked%0a", "/articles/locked%c0%af", "/articles/%fflocked",
    "/ARTICLES/locked", "/articles/LOCKED", "/articles/Locked", "/articles/l%D0%BEcked", "/articles/%EF%BD%8Cocked",
    "/articles\\locked", "\\articles\\locked", "articles/locked", "/articles/\xe9",
    "http://other.example/articles/locked", "http://HOST/articles/locked", "https://HOST/articles/locked",
    "http://HOST@other.example/articles/locked", "http:///articles/locked", "//other.example/articles/locked",
    "/-/identity", "/articles/locked/../../-/identity", "*",
]  # fmt: skip
TRICKS = [
    "X-Original-URL: /articles/open", "X-Rewrite-URL: /articles/open", "X-Forwarded-Host: other.example",
    "X-Forwarded-Prefix: /articles", "X-HTTP-Method-Override: POST", "Paywall-Decision: full; reason=staff",
    "Paywall_Decision: full", "paywall.decision: full", "paywall.knock: 1", "Paywall-Article: 2",
    "Range: bytes=0-99999", "Range: bytes=-500", "If-None-Match: *", "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT",
    "If-Range: *", "Accept-Encoding: gzip, br", "Accept: application/json", "Accept: application/rss+xml",
    "User-Agent: Mozilla/5.0 (compatible; Googlebot/2.1)\r\nX-Forwarded-For: 66.249.66.1\r\nReferer: https://google.com/",
    "User-Agent: GPTBot/1.0", "Cookie: pass=" + "A" * 76, "Cookie: visitor=1.x.y; session=x; pass=",
    "Cookie: " + "a" * 9000, "Expect: 100-continue", "Upgrade: h2c", "Content-Length: 0", "X-Forwarded-For: 127.0.0.1",
    "Authorization: Bearer eyJhbGciOiJub25lIn0.e30.", "X-User: 1", "Remote-User: 1",
]  # fmt: skip
BROKEN = [
    "Foo : bar", "\tfolded: x", "Content-Length: abc", "Content-Length: +3", "Content-Length: 0\r\nContent-Length: 5",
    "Transfer-Encoding: xchunked", "Transfer-Encoding: chunked, identity", "Transfer-Encoding : chunked",
    "Host: other.example", "X-Bad: \x00",
]  # fmt: skip
HOSTS = ["", "other.example", "127.0.0.1", "HOST.", "HOST, other.example", "user@HOST", "[::1]", "127.0.0.1:0", "a b",
         "HOST/articles", "\xe9", "other.example:80#HOST"]  # fmt: skip


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    folder, port = tmp_path_factory.mktemp("served"), free_port("127.0.0.1")
    url = _fill(folder, f"127.0.0.1:{port}")
    mine = {"SECRET_KEY": "0123456789abcdef" * 2, "BASE_URL": f"http://127.0.0.1:{port}", "ENV": "test"}
    mine |= {"STRIPE_SECRET_KEY": "sk_test_" + "x" * 24, "STRIPE_WEBHOOK_SECRETS": "whsec_" + "x" * 32, "DRAIN": "off"}
    environ = {**os.environ, **{f"PAYWALL_{name}": value for name, value in mine.items()}, "PAYWALL_DATABASE_URL": url}
    serve = "import sys; from paywall.serving import serve; serve(sys.argv[1], '127.0.0.1', int(sys.argv[2]), 1)"
    command = [sys.executable, "-c", serve, "paywall.app:create_served_app", str(port)]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, env=environ, stderr=log) as server:
        try:
            _wait(port, server)
            yield Wire(port)
        finally:
            server.terminate()


def _fill(folder: Path, host: str) -> str:
    schema.load_tables()
    url = f"sqlite:///{folder / 'paywall.sqlite3'}"
    database = Database(url)
    Base.metadata.create_all(database.engine)
    with database.writing() as session:
        new = NewPublisher("news", "The News", host, "Asia/Baku", visitor_allowance=3, reader_allowance=5)
        publisher_id = set_up_publisher(session, new).id
    add_article(database, publisher_id, "open", access="free")
    add_article(database, publisher_id, "locked", access="subscribers")
    database.close()
    return url


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while not port_is_taken("127.0.0.1", port):
        assert server.poll() is None
        assert time.monotonic() < end, "the server does not come up"
        time.sleep(0.05)


def test_the_control_a_free_article_is_shown_whole(wire: Wire) -> None:
    answer = wire.ask(FREE)
    assert answer.status == 200
    assert CANARY.encode() in answer.raw


class TestALockedArticle:
    @pytest.mark.parametrize("spelling", SPELLINGS)
    def test_stays_shut_however_its_address_is_spelled(self, wire: Wire, spelling: str) -> None:
        answer = wire.ask(spelling.replace("HOST", wire.host))
        assert answer.status in (200, 400, 404)
        assert CANARY.encode() not in answer.raw
        assert "other.example" not in answer.header("Location")
        if answer.status == 200:
            assert answer.header("Paywall-Decision").startswith("preview")
            assert answer.header("Cache-Control") == "private, no-store"

    @pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: trick[:30])
    def test_stays_shut_whatever_headers_say(self, wire: Wire, trick: str) -> None:
        answer = wire.ask(LOCKED, lines=(trick,))
        assert answer.status == 200
        assert CANARY.encode() not in answer.raw
        assert PREVIEW.encode() in answer.raw
        assert answer.header("Paywall-Decision") == "preview; reason=subscription_required"
        assert not answer.header("ETag") + answer.header("Accept-Ranges") + answer.header("Paywall-Article")

    @pytest.mark.parametrize("header", ["Sec-Purpose: prefetch", "Purpose: prefetch", "X-Moz: prefetch"])
    def test_is_not_even_previewed_ahead_of_time(self, wire: Wire, header: str) -> None:
        assert wire.ask(LOCKED, lines=(header,)).status == 503
        assert wire.ask(FREE, lines=(header,)).status == 200

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "CONNECT", "get"])
    def test_answers_no_other_method(self, wire: Wire, method: str) -> None:
        answer = wire.ask(LOCKED, method)
        assert answer.status == 405
        assert answer.header("Allow") == "GET, HEAD, OPTIONS"

    def test_tells_head_the_length_of_the_preview(self, wire: Wire) -> None:
        head, got = wire.ask(LOCKED, "HEAD"), wire.ask(LOCKED)
        assert head.header("Content-Length") == got.header("Content-Length")
        assert head.raw.endswith(b"\r\n\r\n")


class TestAMessageThatIsBroken:
    @pytest.mark.parametrize("line", BROKEN)
    def test_is_refused(self, wire: Wire, line: str) -> None:
        assert wire.ask(FREE, lines=(line,)).status == 400

    @pytest.mark.parametrize("size", [17_000, 70_000])
    def test_is_refused_with_headers_beyond_16_kib(self, wire: Wire, size: int) -> None:
        assert wire.ask(FREE, lines=("X-Long: " + "b" * size,)).status == 431

    @pytest.mark.parametrize("version", ["HTTP/0.9", "HTTP/2.0", "HTTP/1.1 ", ""])
    def test_is_refused_in_another_protocol(self, wire: Wire, version: str) -> None:
        answer = wire.send(f"GET {FREE} {version}\r\nHost: {wire.host}\r\nConnection: close\r\n\r\n".encode())
        assert answer.status in (0, 400, 505)


class TestAHostThatIsNotOurs:
    @pytest.mark.parametrize("host", HOSTS)
    @pytest.mark.parametrize("target", [FREE, "/login", "/", "/articles//open", "/feed.xml"])
    def test_is_shown_nothing_and_not_repeated(self, wire: Wire, host: str, target: str) -> None:
        answer = wire.ask(target, host=host.replace("HOST", wire.host))
        assert answer.status in (400, 404)
        assert not answer.header("Location")
        assert b"other.example" not in answer.raw


class TestABodyThatIsTooLong:
    @pytest.mark.parametrize(("path", "size"), [("/login", 1024 * 1024), ("/webhooks/stripe", 512 * 1024)])
    @pytest.mark.parametrize("in_pieces", [False, True])
    def test_is_refused_whether_its_length_is_said_or_not(
        self, wire: Wire, path: str, size: int, in_pieces: bool
    ) -> None:
        body = b"a" * (size + 1)
        length = "Transfer-Encoding: chunked" if in_pieces else f"Content-Length: {len(body)}"
        form = "Content-Type: application/x-www-form-urlencoded"
        head = f"POST {path} HTTP/1.1\r\nHost: {wire.host}\r\nConnection: close\r\n{form}\r\n{length}\r\n\r\n".encode()
        sent = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if in_pieces else body
        assert wire.send(head + sent).status == 413


class TestABodyThatNobodyReads:
    """The complaint: nginx said 502 to who sent a long list after the sign-in had ended, as we closed while it came."""

    @pytest.mark.parametrize(("path", "status"), [("/admin/import", 303), ("/nowhere", 404), ("/v1/articles", 401)])
    def test_is_taken_in_before_the_connection_ends(self, wire: Wire, path: str, status: int) -> None:
        size = 4 * 1024 * 1024
        head = f"POST {path} HTTP/1.1\r\nHost: {wire.host}\r\nContent-Length: {size}\r\n\r\n".encode()
        again = f"GET {FREE} HTTP/1.1\r\nHost: {wire.host}\r\nConnection: close\r\n\r\n".encode()
        answer = wire.send(head, b"a" * size, again, pause=0.3)
        assert answer.status == status
        assert CANARY.encode() in answer.raw, "the connection can be used again"

    def test_is_not_asked_for_where_its_sender_waits_for_a_word(self, wire: Wire) -> None:
        lines = ("Content-Length: 4000000", "Expect: 100-continue")
        assert wire.ask("/admin/import", "POST", lines=lines).status == 303


class TestABodyThatComesDropByDrop:
    def test_is_answered_and_closed_within_ten_seconds(self, wire: Wire) -> None:  # WEB-S29
        began = time.monotonic()
        with ThreadPoolExecutor() as threads:
            asked = [("/webhooks/stripe", 1000), ("/webhooks/stripe", 100_000), ("/login", 99)]
            answers = list(threads.map(lambda one: wire.drip(*one), asked))
        assert time.monotonic() - began < 10
        assert [answer.status for answer in answers] == [408, 408, 400]
