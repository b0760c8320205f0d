"""What the wall makes of a foreign site's answers: caches, conditions, ranges, media, pages of several readers."""

import gzip
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from werkzeug.exceptions import NotFound
from werkzeug.middleware.shared_data import SharedDataMiddleware
from werkzeug.test import Client, TestResponse, create_environ, run_wsgi_app

from paywall.gate.decision import Decision, Extent, Prompt, Reason, Verdict
from paywall.wall.middleware import Paywall
from tests.wall.foreign import CANARY, FULL, MARKED, PLAIN, PREVIEW, SHUT, Asked, Site, page

Start = Callable[..., Any]
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Encoding": "gzip, deflate, br"}


def get(site: Any, verdict: Any = SHUT, path: str = "/news/tides", method: str = "GET", **more: Any) -> TestResponse:
    options = more.pop("options", {})
    check = verdict if isinstance(verdict, Asked) else Asked(verdict)
    return Client(Paywall(site, check, **options), use_cookies=False).open(path, method=method, **more)


class Named:
    """A site that greets whoever asks by the cookie, on the page of an article."""

    def __init__(self, *headers: tuple[str, str]) -> None:
        self.headers = headers
        self.asked: list[dict[str, Any]] = []

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        self.asked.append(dict(environ))
        start_response("200 OK", [("Content-Type", "text/html"), *self.headers])
        hello = f"<p>Hello {environ.get('HTTP_COOKIE', 'nobody')}</p>"
        return [page(f"<div>{hello}<p>{PREVIEW}</p><!-- paywall --><p>{CANARY}</p></div>").encode()]


class TestWhatBelongsToOneReader:
    @pytest.mark.parametrize("headers", [(), (("Paywall-Version", "v1"),)])
    @pytest.mark.parametrize("verdict", [FULL, SHUT])
    def test_is_never_shown_to_another(self, headers: tuple[tuple[str, str], ...], verdict: Verdict) -> None:
        client = Client(Paywall(Named(*headers), Asked(verdict)), use_cookies=False)
        for number in range(12):
            me, others = f"reader-{number % 3}", {f"reader-{n}" for n in range(3)} - {f"reader-{number % 3}"}
            answer = client.get("/news/tides", headers={"Cookie": me}).text
            assert not [other for other in others if other in answer]
            assert (CANARY in answer) == verdict.decision.is_full

    def test_cookies_that_the_site_sets_are_set_for_who_asked_and_the_page_is_not_kept(self) -> None:
        site = Site(headers=[("Paywall-Version", "v1"), ("Set-Cookie", "cart=1")])
        client = Client(Paywall(site, Asked(SHUT)), use_cookies=False)
        for _ in range(3):
            assert client.get("/news/tides").headers.getlist("Set-Cookie") == ["cart=1"]

    def test_cookies_of_the_check_go_with_its_own_answer(self) -> None:
        check = Asked(SHUT._replace(cookies=("visitor=1; Path=/",), degraded="meter"))
        client = Client(Paywall(Site(headers=[("Paywall-Version", "v1")]), check), use_cookies=False)
        for _ in range(3):
            answer = client.get("/news/tides")
            assert answer.headers.getlist("Set-Cookie") == ["visitor=1; Path=/"]
            assert answer.headers["Paywall-Degraded"] == "meter"
        check.verdict = SHUT
        assert not {"Set-Cookie", "Paywall-Degraded"} & set(client.get("/news/tides").headers.keys())

    @pytest.mark.parametrize("vary", ["Accept-Language", "*", "Cookie, User-Agent"])
    def test_a_page_that_depends_on_more_than_its_address_is_not_kept(self, vary: str) -> None:
        site = Site(headers=[("Paywall-Version", "v1"), ("Vary", vary)])
        client = Client(Paywall(site, Asked(SHUT)), use_cookies=False)
        for _ in range(3):
            client.get("/news/tides", headers={"User-Agent": "mine"})
        assert [environ.get("HTTP_USER_AGENT") for environ in site.asked].count("mine") == 3


class TestAPageThatSaysItsVersion:
    def test_is_asked_for_as_nobody_and_then_no_more(self) -> None:
        site = Named(("Paywall-Version", "v1"))
        client = Client(Paywall(site, Asked(SHUT)), use_cookies=False)
        answers = [client.get("/news/tides?page=2", headers={"Cookie": "me"}) for _ in range(5)]
        assert len(site.asked) == 2
        assert {key for key in site.asked[1] if key.startswith("HTTP_")} == {"HTTP_HOST"}
        assert site.asked[1]["QUERY_STRING"] == "page=2"
        assert "Hello nobody" in answers[-1].text

    def test_is_cut_for_one_and_whole_for_another(self) -> None:
        check = Asked(SHUT)
        client = Client(Paywall(Named(("Paywall-Version", "v1")), check), use_cookies=False)
        for verdict in (SHUT, FULL, SHUT, FULL):
            check.verdict = verdict
            answer = client.get("/news/tides")
            assert (CANARY in answer.text) == verdict.decision.is_full
            assert answer.headers["Content-Length"] == str(len(answer.data))

    def test_is_asked_for_again_when_it_is_due_and_shown_as_it_was_while_that_fails(self) -> None:
        site = Site(headers=[("Paywall-Version", "v1")])
        wall = Paywall(site, Asked(SHUT), keep_seconds=3_600)
        client = Client(wall, use_cookies=False)
        client.get("/news/tides")
        site.body = MARKED.replace(PREVIEW, "A corrected lead.").encode()
        assert PREVIEW in client.get("/news/tides").text
        wall.forget_all()
        assert "A corrected lead." in client.get("/news/tides").text

    def test_is_not_kept_for_others_as_it_is_shown_at_a_host_that_somebody_made_up(self) -> None:
        def links(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
            start_response("200 OK", [("Content-Type", "text/html"), ("Paywall-Version", "v1")])
            sign_in = f"<a href='https://{environ['HTTP_HOST']}/login'>Sign in</a>"
            return [page(f"<div><p>{PREVIEW}</p><!-- paywall --><p>{CANARY}</p></div>", after=sign_in).encode()]

        client = Client(Paywall(links, Asked(SHUT), site="https://www.paper.example"), use_cookies=False)
        for host in ("evil.example", "10.0.0.1:8000", "10.0.0.1:8000"):
            assert f"https://{host}/login" in client.get("/news/tides", base_url=f"https://{host}").text

    def test_of_many_addresses_takes_no_more_memory_than_allowed(self) -> None:
        from paywall.wall.answering.memory import Cut, Looked, Memory  # noqa: PLC0415

        memory: Memory[int, Looked] = Memory(most_bytes=50_000)
        for number in range(100):
            memory.keep(number, Looked(None, cut=Cut(b"x" * 5_000, b"y" * 3_000)))
        assert [number for number in range(100) if memory.get(number)] == [95, 96, 97, 98, 99]

    def test_costs_no_cutting_twice_even_where_it_says_no_version(self, monkeypatch: pytest.MonkeyPatch) -> None:
        client = Client(Paywall(Site(), Asked(SHUT)), use_cookies=False)
        first = client.get("/news/tides").data
        monkeypatch.setattr("paywall.wall.answering.pages.cut_page", lambda *_: pytest.fail("cut again"))
        assert client.get("/news/tides").data == first


class TestConditions:
    class Conditional(Site):
        """Answers 304 to whoever asks with a condition."""

        def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
            if "HTTP_IF_NONE_MATCH" in environ:
                self.asked.append(dict(environ))
                start_response("304 Not Modified", [("ETag", '"whole"')])
                return []
            return super().__call__(environ, start_response)

    def test_on_an_article_are_never_answered(self) -> None:
        answer = get(self.Conditional(), headers={"If-None-Match": '"whole"'})
        assert answer.status_code == 200
        assert CANARY not in answer.text
        assert PREVIEW in answer.text
        assert "ETag" not in answer.headers

    def test_on_other_pages_are_answered_by_the_site(self) -> None:
        answer = get(self.Conditional(page("<p>About us.</p>")), headers={"If-None-Match": '"whole"'})
        assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", '"whole"')

    def test_on_pictures_and_styles_are_answered_without_asking_twice(self) -> None:
        site = self.Conditional()
        assert get(site, path="/static/site.css", headers={"If-None-Match": '"whole"'}).status_code == 304
        assert len(site.asked) == 1

    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    def test_and_ranges_of_an_article_give_the_cut_page(self, method: str) -> None:
        class Ranges(Site):
            def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
                if "HTTP_RANGE" not in environ:
                    return super().__call__(environ, start_response)
                start_response(
                    "206 Partial Content", [("Content-Type", "text/html"), ("Content-Range", "bytes 0-9/99")]
                )
                return [self.body[150:]]

        answer = get(Ranges(), method=method, headers={"Range": "bytes=150-"})
        assert answer.status_code == 200
        assert "Content-Range" not in answer.headers
        assert CANARY not in answer.text
        assert answer.headers["Content-Length"] == str(len(get(Ranges()).data))


class TestWhatIsPacked:
    @pytest.mark.parametrize(("name", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
    def test_leaves_as_it_came_for_who_may_read_it(self, name: str, pack: Callable[[bytes], bytes]) -> None:
        packed = pack(MARKED.encode())
        answer = get(Site(packed, [("Content-Encoding", name)]), FULL)
        assert (answer.data, answer.headers["Content-Encoding"]) == (packed, name)
        shut = get(Site(packed, [("Content-Encoding", name)]))
        assert CANARY not in shut.text
        assert "Content-Encoding" not in shut.headers

    def test_is_asked_for_unpacked_by_pages_and_as_the_browser_likes_by_all_else(self) -> None:
        site = Site()
        get(site, headers=BROWSER)
        get(site, headers={"Accept": "*/*", "Accept-Encoding": "br"})
        assert [environ.get("HTTP_ACCEPT_ENCODING") for environ in site.asked] == [None, "br"]

    def test_oddly_is_asked_for_again(self) -> None:
        class Brotli(Site):
            def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
                if "HTTP_ACCEPT_ENCODING" in environ:
                    start_response("200 OK", [("Content-Type", "text/html"), ("Content-Encoding", "br")])
                    return [b"\x1b\x00"]
                return super().__call__(environ, start_response)

        answer = get(Brotli(), headers={"Accept-Encoding": "br"})
        assert PREVIEW in answer.text
        assert CANARY not in answer.text

    def test_without_end_is_stopped(self) -> None:
        bomb = zlib.compressobj(wbits=31)
        packed = bomb.compress(b"\0" * 40_000_000) + bomb.flush()
        assert get(Site(packed, [("Content-Encoding", "gzip")])).status_code == 403

    def test_and_cut_short_is_stopped(self) -> None:
        packed = gzip.compress(MARKED.encode())[:-20]
        assert get(Site(packed, [("Content-Encoding", "gzip")])).status_code == 403


class TestWhatABrowserTakesForAPage:
    @pytest.mark.parametrize(
        "said",
        [
            "html",
            "*/*",
            "unknown/unknown",
            "text/html charset=utf-8",
            "text/html, text/html",
            "text/vnd.turbo-stream.html",
        ],
    )
    def test_is_cut_whatever_it_is_called(self, said: str) -> None:
        assert CANARY not in get(Site(headers=[("Content-Type", said)])).text

    def test_is_cut_where_it_stands_behind_a_redirect(self) -> None:
        answer = get(Site(status="302 Found", headers=[("Location", "/login")]))
        assert (answer.status_code, answer.headers["Location"]) == (302, "/login")
        assert CANARY not in answer.text
        assert get(Site("moved", status="301 Moved Permanently", headers=[("Location", "/new")])).text == "moved"

    def test_is_not_asked_for_whole_where_a_head_is_led_elsewhere(self) -> None:
        site = Site("moved", status="301 Moved Permanently", headers=[("Location", "/new")])
        assert get(site, method="HEAD").headers["Location"] == "/new"
        assert [environ["REQUEST_METHOD"] for environ in site.asked] == ["HEAD"]

    @pytest.mark.parametrize("charset", ["cp037", "utf-32", "utf-7", "rot13", "hex", "undefined", "punycode"])
    def test_is_read_as_a_browser_reads_it(self, charset: str) -> None:
        by_header = Site(headers=[("Content-Type", f"text/html; charset={charset}")])
        by_what_was_asked_for = Site(
            MARKED.replace("<head>", f'<head><link rel="alternate" href="/tides?charset={charset}">'),
            [("Content-Type", "text/html")],
        )
        for site in (by_header, by_what_was_asked_for):
            answer = get(site)
            assert PREVIEW in answer.text
            assert CANARY not in answer.text


class TestAFileThatTheWebServerIsToSend:
    @pytest.mark.parametrize("name", ["X-Accel-Redirect", "X-Sendfile", "X-Lighttpd-Send-File", "X-LIGHTTPD-send2file"])
    @pytest.mark.parametrize("media_type", ["text/html", "application/json", "application/pdf"])
    def test_is_sent_to_who_may_have_it_alone(self, name: str, media_type: str) -> None:
        headers = [(name, "/locked/tides"), ("Content-Type", media_type), ("Paywall-Article", "a-7")]
        opened, shut = (get(Site(b"", headers), verdict) for verdict in (FULL, SHUT))
        assert opened.headers[name] == "/locked/tides"
        assert opened.headers["Cache-Control"] == "private, no-store"
        assert (shut.status_code, name in shut.headers) == (403, False)

    @pytest.mark.parametrize(
        "file", ["/files/tides.html", "/files/TIDES.XHTML", "/files/tides", "tides", "/t.htm?a=.png"]
    )
    def test_is_stopped_where_it_may_be_the_page_of_an_article(self, file: str) -> None:
        answer = get(Site(b"", [("X-Accel-Redirect", file)]))
        assert (answer.status_code, "X-Accel-Redirect" in answer.headers) == (403, False)

    @pytest.mark.parametrize(("file", "said"), [("/files/a.png", "image/png"), ("/a/report.docx", "text/html")])
    def test_is_sent_where_it_is_no_page(self, file: str, said: str) -> None:
        site = Site(b"", [("X-Accel-Redirect", file), ("Content-Type", said)])
        assert get(site).headers["X-Accel-Redirect"] == file


class TestWhatIsMarkedAndNoPage:
    media = (("Content-Type", "application/pdf"), ("Paywall-Article", "a-7"), ("ETag", '"p"'))

    def test_is_sent_to_who_may_have_it(self) -> None:
        answer = get(Site(b"%PDF", self.media), FULL)
        assert answer.data == b"%PDF"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert not {"ETag", "Paywall-Article"} & set(answer.headers.keys())

    def test_may_be_sent_in_parts(self) -> None:
        part = Site(b"DF", [*self.media, ("Content-Range", "bytes 2-3/4")], "206 Partial Content")
        assert get(part, FULL).status_code == 206
        assert get(part, SHUT).status_code == 403

    def test_is_refused_to_who_may_not(self) -> None:
        for verdict in (SHUT, None, RuntimeError("the check broke")):
            answer = get(Site(b"%PDF", self.media), verdict)
            assert (answer.status_code, answer.data) == (403, b"This is for subscribers.\n")
            assert answer.headers["Paywall-Decision"].startswith("preview")

    def test_is_data_that_opens_with_the_article_and_is_cut_or_refused_without(self) -> None:
        headers = [("Content-Type", "application/json"), ("Paywall-Article", "a-7")]
        marked, plain = f'{{"body": "{PREVIEW}<!-- paywall -->{CANARY}"}}', f'{{"body": "{CANARY}"}}'
        for body in (marked, plain):
            assert get(Site(body, headers), FULL).text == body
        assert get(Site(marked, headers)).json == {"body": PREVIEW}
        assert get(Site(plain, headers)).status_code == 403

    @pytest.mark.parametrize("verdict", [FULL, SHUT, None])
    def test_is_data_that_no_cache_keeps_for_others(self, verdict: Verdict | None) -> None:
        body = f'{{"body": "{PREVIEW}<!-- paywall -->{CANARY}"}}'
        headers = [("Content-Type", "application/json"), ("Paywall-Article", "a-7"), ("Last-Modified", "x")]
        answer = get(Site(body, [*headers, ("Cache-Control", "public, max-age=600"), ("ETag", '"w"')]), verdict)
        assert answer.headers.getlist("Cache-Control") == ["private, no-store"]
        assert answer.headers["Paywall-Decision"].startswith("full" if verdict is FULL else "preview")
        assert not {"ETag", "Last-Modified", "Paywall-Article"} & set(answer.headers.keys())

    def test_is_data_in_lines(self) -> None:
        lines = f'{{"body": "{PREVIEW}<!-- paywall -->{CANARY}"}}\n{{}}\n'
        assert get(Site(lines, [("Content-Type", "application/x-ndjson")])).text == f'{{"body": "{PREVIEW}"}}\n{{}}\n'


class TestAPageThatCanNotBeCut:
    def test_because_it_says_nowhere_where_is_its_invitation_alone(self) -> None:
        answer = get(Site(PLAIN, [("Paywall-Article", "a-7")]))
        assert 'class="paywall-invitation"' in answer.text
        assert PREVIEW not in answer.text
        assert CANARY not in answer.text

    def test_because_only_a_script_holds_the_marker_is_its_invitation_alone(self) -> None:
        script = f"<script>var html = '{PREVIEW}<!-- paywall -->{CANARY}';</script>"
        answer = get(Site(page("<div id=app></div>", after=script)))
        assert CANARY not in answer.text
        assert answer.headers["Paywall-Decision"].startswith("preview")

    @pytest.mark.parametrize(
        "source",
        [
            page(PLAIN, head="<!-- paywall -->"),
            f"<!-- paywall -->{PLAIN}",
            f"{PLAIN}<!-- paywall -->",
            f"<html><frameset><!-- paywall --><noframes>{CANARY}</noframes></frameset></html>",
            page(
                f"<div id=app data-page='{{&quot;a&quot;: &quot;{PREVIEW}&lt;!-- paywall --&gt;{CANARY}&quot;}}'></div>"
            ),
            page(f"<my-story props='{PREVIEW}<!-- paywall -->{CANARY}'></my-story>"),
            page(f"<xmp>{PREVIEW}<!-- paywall -->{CANARY}</xmp>"),
        ],
    )
    def test_because_the_marker_stands_where_nothing_ends_is_its_invitation_alone(self, source: str) -> None:
        answer = get(Site(source))
        assert CANARY not in answer.text
        assert answer.headers["Paywall-Decision"].startswith("preview")
        assert get(Site(source), FULL).text == source

    def test_because_something_broke_is_its_invitation_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("paywall.wall.answering.pages.cut_page", lambda *_: 1 / 0)
        answer = get(Site())
        assert 'class="paywall-invitation"' in answer.text
        assert CANARY not in answer.text

    def test_because_it_is_tangled_is_stopped(self) -> None:
        assert get(Site(page("<div>" * 6_000 + "<!-- paywall -->" + CANARY))).status_code == 403


class TestOptions:
    def test_paths_of_the_site_s_own_editor_are_never_looked_into(self) -> None:
        site = Site(f'{{"raw": "{PREVIEW}<!-- paywall -->{CANARY}"}}', [("Content-Type", "application/json")])
        options = {"skip": ("/admin/",)}
        assert CANARY in get(site, path="/admin/api/7", options=options).text
        assert CANARY not in get(site, path="/api/7", options=options).text

    @pytest.mark.parametrize("path", ["/admin/../news.html", "/admin//../news.html", "/admin/./../news.html"])
    def test_paths_that_only_begin_like_the_editor_s_are_looked_into(self, tmp_path: Path, path: str) -> None:
        (tmp_path / "news.html").write_text(MARKED)
        files = SharedDataMiddleware(NotFound(), {"/": str(tmp_path)})
        environ = {**create_environ("/"), "PATH_INFO": path}
        body, status, _ = run_wsgi_app(Paywall(files, Asked(SHUT), skip=("/admin/",)), environ)
        text = b"".join(body).decode()
        assert status == "200 OK"
        assert PREVIEW in text
        assert CANARY not in text

    def test_an_editor_s_text_area_is_no_article(self) -> None:
        source = page(f"<form><textarea>{PREVIEW}&lt;!-- paywall --&gt;{CANARY}</textarea></form>")
        assert get(Site(source)).text == source

    def test_what_the_selector_finds_and_nobody_knows_passes_or_is_shut_as_is_wanted(self) -> None:
        for shuts, is_open in ((False, True), (True, False)):
            answer = get(Site(PLAIN), None, options={"cut": ".text", "shuts_unknown": shuts})
            assert (CANARY in answer.text) is is_open

    def test_an_invitation_of_the_publisher_s_own_stands_where_the_preview_ends(self) -> None:
        def mine(verdict: Verdict) -> str:
            return f"<b>{verdict.decision.prompt}</b>"

        shut = Verdict(Decision(Extent.PREVIEW, Reason.METER_USED_UP, Prompt.SUBSCRIBE), 0, "", "")
        answer = get(Site(), shut, options={"invitation": mine})
        assert "<b>subscribe</b></div>" in answer.text

    def test_a_bad_selector_is_refused_at_once(self) -> None:
        with pytest.raises(ValueError, match="no CSS selector"):
            Paywall(Site(), Asked(SHUT), cut="div[")


class TestAnApplicationThatChangesWhatItIsAsked:
    def test_is_asked_again_for_what_came(self) -> None:
        class Shifting(Site):
            def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
                answer = super().__call__(environ, start_response)
                environ["SCRIPT_NAME"], environ["PATH_INFO"] = environ["PATH_INFO"], ""
                environ.pop("HTTP_COOKIE", None)
                return answer

        site, check = Shifting(headers=[("Paywall-Version", "v1")]), Asked(SHUT)
        get(site, check, headers={"Cookie": "a=1"})
        assert [environ["PATH_INFO"] for environ in site.asked] == ["/news/tides"] * 2
        assert check.environ["HTTP_COOKIE"] == "a=1"
