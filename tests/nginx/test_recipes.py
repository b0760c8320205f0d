"""The nginx recipes of the guides, in a real nginx: who gets the article, who its preview, and nothing in between."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from werkzeug.serving import make_server

from tests.nginx.server import HOST, nginx, recipe
from tests.nginx.site import ALLOWANCE, CANARY, PREVIEW, Site

LOCKED = "/articles/subscribers-0"
CRAWLERS = ("Googlebot/2.1", "bingbot/2.0", "facebookexternalhit/1.1", "Twitterbot/1.0", "Applebot/0.1", "GPTBot/1.0")
ODD_SPELLINGS = """
    /articles/%73ubscribers-0 /articles//subscribers-0 /articles/./subscribers-0 /articles/x/../subscribers-0
    /x/../articles/subscribers-0 /articles/subscribers-0/ /articles/subscribers-0.html /articles/subscribers-0.
    /articles/subscribers-0%20 /articles/subscribers-0%00 /articles/subscribers-0;v=1 /ARTICLES/subscribers-0
    /articles/free-0/../subscribers-0 /articles/free-0%2f..%2fsubscribers-0 /articles/subscribers-0?print=1
    /articles/free-0%0d%0aX-Original-URI:%20/articles/free-0 //articles/subscribers-0
    /articles/.%2e/articles/subscribers-0 /previews/../articles/subscribers-0.html
""".split()


def sees_all(answer: httpx.Response) -> bool:
    """Tell whether this is the article; everything else must hold no word of it."""
    assert "private, no-store" in answer.headers["Cache-Control"], dict(answer.headers)
    assert PREVIEW in answer.text
    return CANARY in answer.text


class TestPagesOfOurs:
    @pytest.mark.parametrize("path", ["/admin", "/admin/subscribers", "/join-staff/a-link-from-a-mail"])
    def test_that_staff_are_led_to_by_mails_are_there(self, paper: Site, path: str) -> None:
        answer = paper.browser().get(path)
        assert "Content-Security-Policy" in answer.headers, "nginx answered by itself"

    def test_take_a_list_of_subscribers_of_several_megabytes(self, paper: Site) -> None:
        answer = paper.browser().post("/admin/import", content=b"address\n" * 300_000)
        assert "Content-Security-Policy" in answer.headers, "nginx answered by itself"


class TestWhoReads:
    def test_everybody_what_is_free(self, paper: Site) -> None:
        assert sees_all(paper.browser().get("/articles/free-0"))

    def test_a_visitor_the_allowance_and_then_previews(self, paper: Site) -> None:
        browser = paper.browser()
        opened = [sees_all(browser.get(f"/articles/metered-{number}")) for number in range(4)]
        assert opened == [True] * ALLOWANCE + [False] * (4 - ALLOWANCE)
        assert sees_all(browser.get("/articles/metered-0"))

    def test_a_subscriber_everything(self, paper: Site) -> None:
        reader = paper.reader("payer@example.com", days=30)
        answer = reader.get(LOCKED)
        assert sees_all(answer)
        assert answer.headers["Paywall-Decision"] == "full; reason=subscribed"

    @pytest.mark.parametrize("days", [-1.0, None])
    def test_neither_an_ended_subscriber_nor_a_mere_reader(self, paper: Site, days: float | None) -> None:
        assert not sees_all(paper.reader(f"other{days}@example.com", days=days).get(LOCKED))

    def test_who_was_refunded_no_longer_once_asked_again(self, paper: Site) -> None:
        reader = paper.reader("refunded@example.com", days=30)
        assert sees_all(reader.get(LOCKED))
        paper.refund("refunded@example.com")
        for name in ("pass", "paywall_edge_fresh"):  # two minutes go by
            reader.cookies.delete(name)
        assert not sees_all(reader.get(LOCKED))


class TestWaysAround:
    @pytest.mark.parametrize("agent", CRAWLERS)
    def test_a_crawlers_name_opens_nothing(self, paper: Site, agent: str) -> None:
        headers = {"User-Agent": agent, "X-Forwarded-For": "66.249.66.1", "Referer": "https://www.google.com/"}
        assert not sees_all(paper.browser().get(LOCKED, headers=headers))

    def test_no_spelling_of_the_address_does(self, paper: Site) -> None:
        for spelling in ODD_SPELLINGS:
            raw = _raw(paper, f"GET {spelling} HTTP/1.1\r\nHost: {_host(paper)}\r\nConnection: close\r\n\r\n")
            assert CANARY.encode() not in raw, spelling
            assert raw.startswith(b"HTTP/1.1 ")

    def test_the_files_have_no_other_address(self, paper: Site) -> None:
        for path in ("/previews/subscribers-0", "/previews/subscribers-0.html", "/_paywall/authorize", "/articles/"):
            assert CANARY not in paper.browser().get(path).text

    def test_a_head_tells_the_previews_length(self, paper: Site) -> None:
        browser = paper.browser()
        head, page = browser.head(LOCKED), browser.get(LOCKED)
        assert head.headers["Content-Length"] == page.headers["Content-Length"] == str(len(page.content))

    def test_parts_and_conditions_are_not_served(self, paper: Site) -> None:
        reader = paper.reader("parts@example.com", days=30)
        whole = reader.get(LOCKED)
        assert not whole.headers.keys() & {"etag", "accept-ranges"}
        assert reader.get(LOCKED, headers={"Range": "bytes=0-9"}).status_code == 200
        stamp = whole.headers.get("Last-Modified", "Fri, 27 Nov 2026 00:00:00 GMT")
        assert paper.browser().get(LOCKED, headers={"If-Modified-Since": stamp}).status_code == 200

    def test_a_forged_prefetch_opens_and_spends_nothing(self, paper: Site) -> None:
        browser = paper.browser()
        for number in range(4):
            answer = browser.get(f"/articles/metered-{number}", headers={"Sec-Purpose": "prefetch"})
            assert answer.status_code == 503
            assert PREVIEW not in answer.text
            assert CANARY not in answer.text
        assert sees_all(browser.get("/articles/metered-0"))

    def test_what_a_browser_says_of_itself_reaches_nobody(self, paper: Site) -> None:
        forged = {
            "Authorization": "Bearer x", "X-Original-URI": "/articles/free-0", "X-Original-Method": "HEAD",
            "X-Paywall-Article": "free-0", "Paywall-Decision": "full", "Origin": "https://evil.example",
        }  # fmt: skip
        assert not sees_all(paper.browser().get(LOCKED, headers=forged))


class TestAnEdgePass:
    def test_opens_everything_without_a_call_and_while_the_service_is_away(self, no_call: Site) -> None:
        reader = no_call.reader("payer@example.com", days=30)
        assert sees_all(reader.get(LOCKED))
        asked_again = _with_cookies(no_call, 121).get(LOCKED)
        assert not sees_all(asked_again)  # nobody is signed in there, and the service, which is up, says so
        assert any(one.startswith("paywall_edge=;") for one in asked_again.headers.get_list("Set-Cookie"))  # taken back
        no_call.stop_the_service()
        at_once = reader.get("/articles/subscribers-1")
        assert sees_all(at_once)
        assert at_once.headers["Paywall-Decision"] == "full; reason=edge_pass"
        without_the_service = _with_cookies(no_call, 240).get(LOCKED)
        assert sees_all(without_the_service)
        assert without_the_service.headers["Paywall-Degraded"] == "service"
        assert not sees_all(_with_cookies(no_call, 301).get(LOCKED))

    def test_that_is_forged_opens_nothing(self, paper: Site) -> None:
        good = paper.edge_cookies()
        end, signature = good["paywall_edge"].split(".")
        for value in (
            f"{int(end) + 1}.{signature}", f"{end}.{'A' * 22}", f"{end}.", f".{signature}", end, f"{end}.{signature}x",
            f"{'9' * 13}.{signature}", f"{end}.{signature},{end}", "1", "",
        ):  # fmt: skip
            answer = paper.browser().get(LOCKED, headers={"Cookie": f"paywall_edge={value}; paywall_edge_fresh=1"})
            assert not sees_all(answer), value

    def test_is_given_to_nobody_who_reads_by_the_meter(self, paper: Site) -> None:
        browser = paper.browser()
        assert sees_all(browser.get("/articles/metered-0"))
        assert not browser.cookies.keys() & {"paywall_edge", "paywall_edge_fresh"}


class TestWithoutTheService:
    def test_whoever_is_unknown_sees_the_preview(self, own_paper: Site) -> None:
        own_paper.stop_the_service()
        answer = own_paper.browser().get("/articles/metered-0")
        assert answer.status_code == 200
        assert not sees_all(answer)


class TestACacheInFront:
    def test_passes_a_head_on_as_one_so_that_it_spends_nothing(self, tmp_path: Path) -> None:
        asked: list[tuple[str, bool]] = []

        def product(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
            asked.append((environ["REQUEST_METHOD"], "HTTP_SEC_PURPOSE" in environ))
            may_be_kept = environ["PATH_INFO"] == "/style.css"
            start_response("200 OK", [("Cache-Control", "public, max-age=60" if may_be_kept else "private, no-store")])
            return [b"" if environ["REQUEST_METHOD"] == "HEAD" else b"whole"]

        places = {"/var/cache/nginx/paper": f"{tmp_path}/cache"}
        with (
            _served(product) as inner,
            nginx(tmp_path / "nginx", recipe("cache.conf", {**places, "127.0.0.1:8000": f"{HOST}:{inner}"})) as front,
        ):
            asked.clear()
            browser = httpx.Client(base_url=f"http://{HOST}:{front.port}", timeout=30)
            assert browser.head("/articles/a").status_code == 200
            browser.get("/articles/a", headers={"Sec-Purpose": "prefetch"})
            assert asked == [("HEAD", False), ("GET", True)]
            assert browser.head("/style.css").content == b""
            assert [browser.get("/style.css").text for _ in range(2)] == ["whole", "whole"]
            assert len(asked) == 4


@contextmanager
def _served(application: Any) -> Iterator[int]:
    server = make_server(HOST, 0, application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.port
    server.shutdown()
    server.server_close()
    thread.join()


def _with_cookies(paper: Site, age_seconds: float) -> httpx.Client:
    browser = paper.browser()
    browser.cookies.update(paper.edge_cookies(age_seconds))
    return browser


def _host(paper: Site) -> str:
    return paper.address.removeprefix("http://")


def _raw(paper: Site, request: str) -> bytes:
    """Send bytes as they are; clients tidy paths up."""
    port = int(paper.address.rpartition(":")[2])
    with socket.create_connection((HOST, port), timeout=30) as connection:
        connection.sendall(request.encode("latin-1"))
        pieces = []
        while piece := connection.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)
