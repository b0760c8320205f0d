"""Whatever a site answers, the audit goes on, and still finds what is to be found."""

import gzip
import socket
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import count

import pytest

from paywall.wall.audit import Limits, Outcome, Plan, audit
from paywall.wall.audit.asking import fetching
from paywall.wall.audit.asking.asks import Answer, Ask
from paywall.wall.audit.asking.fetching import MOST_BYTES, Browser, Fetcher
from paywall.wall.audit.asking.people import VISITOR
from paywall.wall.audit.asking.site import site_of
from paywall.wall.audit.surfaces import Surface
from tests.wall.audit.conftest import Look
from tests.wall.audit.paper import CANARY, PATH, Environ, Paper, Reply, page_of

PAGE = page_of(("What everybody may read of it is this sentence.",), is_open=False, says=True)
ODD: tuple[Reply, ...] = (
    (200, "text/html; charset=no-such-thing", b"\xff\xfe<p>\x00</p>"),
    (200, "text/html", b""),
    (200, "text/html", "<div>" * 5_000),
    (200, "application/json", "[" * 100_000),
    (200, "application/json", "{" * 5_000 + '"a"'),
    (200, "application/rss+xml", "<rss><item><![CDATA[" + "<item>" * 2_000),
    (200, "text/xml", "<sitemapindex>" + "<loc>http://[::1</loc>" * 50),
    (200, "text/html", "<script type='application/ld+json'>{\"@graph\": [{]}</script><style>}}}{{{</style>"),
    (200, "text/html", b"<a href='http://\xc3\x28'>x</a><a href='//'>y</a><a href='http://a:b@c:d/'>z</a>"),
    (200, "", bytes(range(256)) * 40),
    (200, "application/gzip", gzip.compress(b"x" * 30_000_000)),
    (200, "text/html", b"cut short", {"Content-Encoding": "gzip"}),
    (302, "text/html", "", {"Location": "http://[broken"}),
    (302, "text/html", "", {"Location": "/again/and/again"}),
    (301, "text/html", ""),
    (204, "text/html", ""),
    (206, "text/html", "x", {"Content-Range": "bytes */*"}),
    (416, "text/html", "", {"Content-Range": "nothing"}),
    (429, "text/html", "", {"Retry-After": "Wed, 21 Oct 2037 07:28:00 GMT"}),
    (500, "text/html", "Traceback"),
    (999, "text/html", "No."),
)


def _without_head(body: bytes) -> bytes:
    """Pack as old servers do that mean deflate by it, and not zlib."""
    return zlib.compress(body)[2:-4]


class TestASiteThatAnswersOddly:
    def test_is_audited_to_the_end(self, paper: Paper, look: Look) -> None:
        numbers = count()
        leaks = (200, "text/html", PAGE.replace("</article>", f"<!-- {CANARY} --></article>"))

        def odd(_: Environ) -> Reply:
            return ODD[next(numbers) % len(ODD)]

        class Everywhere(dict[str, object]):
            def get(self, path: str, _default: object = None) -> object:
                return leaks if path in (PATH, f"{PATH}?print=1") else odd

        paper.pages = Everywhere()  # type: ignore[assignment]
        report = look(CANARY)
        assert report.outcome is Outcome.LEAK
        assert report.requests > 250
        assert next(numbers) > 10 * len(ODD)

    @pytest.mark.parametrize("number", range(len(ODD)))
    def test_whose_article_is_the_odd_answer_is_judged_or_not_and_never_fails(
        self, paper: Paper, look: Look, number: int
    ) -> None:
        paper.pages["/stories/odd"] = ODD[number]
        assert look(path="/stories/odd", most=40).outcome in (Outcome.UNJUDGED, Outcome.CLEAN)


class TestAnAnswerThatUnpacksWithoutEnd:
    @pytest.mark.parametrize("packing", ["gzip", "gzip, gzip", "deflate, x-gzip", ", gzip"])
    def test_fills_no_more_memory_than_any_other(self, paper: Paper, packing: str) -> None:
        body = b"x" * 60_000_000
        for name in [one.strip() for one in packing.split(",") if one.strip()]:
            body = zlib.compress(body) if name == "deflate" else gzip.compress(body)
        answer = self.read(paper, body, packing)
        assert (len(answer.body), answer.is_whole) == (MOST_BYTES, False)

    def test_because_it_holds_nothing_at_all_is_read_no_further_than_any_other(
        self, paper: Paper, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(fetching, "MOST_BYTES", 100_000)
        nothing = gzip.compress(b"")[:10] + b"\0\0\0\xff\xff" * 200_000
        answer = self.read(paper, nothing, "gzip")
        assert (answer.body, answer.is_whole) == (b"", False)

    @pytest.mark.parametrize(("packing", "pack"), [("gzip", gzip.compress), ("deflate", _without_head)])
    def test_is_not_what_every_packed_page_is(self, paper: Paper, packing: str, pack: Callable[[bytes], bytes]) -> None:
        answer = self.read(paper, pack(PAGE.encode()), packing)
        assert (answer.text, answer.is_whole, answer.problem) == (PAGE, True, "")

    def test_is_not_one_that_was_packed_in_parts(self, paper: Paper) -> None:
        parts = b"".join(gzip.compress(piece.encode()) for piece in (PAGE[:9], PAGE[9:40], PAGE[40:]))
        assert self.read(paper, parts, "gzip").text == PAGE
        assert self.read(paper, parts + b"\0" * 512, "gzip").is_whole, "what fills up the end is no part"
        assert not self.read(paper, gzip.compress(b"x") * 1_000, "gzip").is_whole

    def read(self, paper: Paper, body: bytes, packing: str) -> Answer:
        paper.pages["/odd"] = (200, "text/html", body, {"Content-Encoding": packing})
        with Fetcher(site_of(paper.address), Limits(10, 1_000), lambda *_: None) as fetcher:
            return fetcher.ask(Browser(VISITOR), Ask(Surface.PAGE, f"{paper.address}/odd"))


class TestAServerThat:
    @pytest.mark.parametrize(
        "said",
        [
            b"",
            b"HTTP/1.1 nonsense\r\n\r\n",
            b"SSH-2.0-OpenSSH_9.9\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nContent-Type: text/html\r\n\r\n<p>half of it",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        ],
    )
    def test_speaks_no_http_is_not_judged(self, said: bytes) -> None:
        with _server(said) as address:
            assert audit(Plan(address + PATH, (CANARY,), limits=Limits(30, 1_000))).outcome is not Outcome.LEAK

    def test_sends_headers_drop_by_drop_is_left_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(fetching, "MOST_SECONDS", 0.2)
        monkeypatch.setattr(fetching, "PATIENCE_SECONDS", 0.2)
        is_over = threading.Event()
        drops = iter(lambda: b"X: y\r\n" if not is_over.wait(0.05) else b"", b"")
        with _server(b"HTTP/1.1 200 OK\r\n", drops) as address:
            try:
                with Fetcher(site_of(address), Limits(10, 1_000), lambda *_: None) as fetcher:
                    answer = fetcher.ask(Browser(VISITOR), Ask(Surface.PAGE, f"{address}/odd"))
                assert (answer.status, answer.problem) == (0, "TooSlow")
            finally:
                is_over.set()


@contextmanager
def _server(said: bytes, further: Iterable[bytes] = ()) -> Iterator[str]:
    """Say the same to everybody, and hang up; the first one is told more."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            while True:
                try:
                    visitor, _ = server.accept()
                except OSError:
                    return
                with visitor:
                    visitor.recv(65_536)
                    visitor.sendall(said)
                    with suppress(OSError):
                        for more in further:
                            visitor.sendall(more)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)
