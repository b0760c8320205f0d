"""Complaints about sites that are not quite as others: pages in XML, other networks' caches, packed forms."""

import base64
import gzip
import json
from collections.abc import Callable, Iterable
from html import escape
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from paywall.gate.decision import Verdict
from paywall.wall.answering.cut import CutSite
from paywall.wall.answering.memory import Memory
from paywall.wall.cleaning.hidden import Hidden
from paywall.wall.middleware import Paywall
from tests.wall.foreign import CANARY, FULL, MARKED, MORE, PREVIEW, SHUT, Asked, Site, page

Start = Callable[..., Any]
TEXT = f'<div class="text"><p>{PREVIEW}</p><p>{MORE}</p><p>{CANARY}</p></div>'


def get(site: Any, verdict: Any = SHUT, method: str = "GET", **more: Any) -> TestResponse:
    wall = Paywall(site, Asked(verdict), cut="div.text")
    return Client(wall, use_cookies=False).open("/news/tides", method=method, **more)


def xhtml(head: str, text: str = TEXT) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml">'
        f'<head>{head}</head><body><h1>Tides</h1><br/><img src="a.png" alt="a > b"/>{text}</body></html>'
    )


class TestAPageInXml:
    @pytest.mark.parametrize("said", ["application/xhtml+xml", "application/xml; charset=utf-8", "text/xml"])
    @pytest.mark.parametrize(
        "head",
        ['<title>Tides</title><script src="a.js"/>', "<title/>", '<title>Tides</title><style type="text/css" />'],
        ids=["script", "title", "style"],
    )
    def test_whose_empty_elements_end_themselves_is_cut_all_the_same(self, said: str, head: str) -> None:
        answer = get(Site(xhtml(head), [("Content-Type", said)]))
        assert CANARY not in answer.text
        assert PREVIEW in answer.text
        assert answer.headers["Paywall-Decision"].startswith("preview")

    def test_leaves_as_it_came_for_who_may_read_it(self) -> None:
        source = xhtml('<script src="a.js"/>')
        answer = get(Site(source, [("Content-Type", "application/xhtml+xml")]), FULL)
        assert (answer.text, answer.mimetype) == (source, "application/xhtml+xml")

    def test_is_not_what_a_feed_is_whose_articles_are_pages(self) -> None:
        source = (
            f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><content type="xhtml">{TEXT}</content></entry></feed>'
        )
        assert get(Site(source, [("Content-Type", "application/atom+xml")])).text == source


class TestACacheInFront:
    @pytest.mark.parametrize(
        "name",
        ["Vercel-CDN-Cache-Control", "Netlify-CDN-Cache-Control", "X-LiteSpeed-Cache-Control", "Edge-Control"],
    )
    @pytest.mark.parametrize("verdict", [FULL, SHUT])
    def test_is_told_by_no_header_of_its_own_to_keep_an_article(self, name: str, verdict: Any) -> None:
        answer = get(Site(MARKED, [(name, "public, max-age=600")]), verdict)
        assert name not in answer.headers
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert name in get(Site(page("<p>About us.</p>"), [(name, "public, max-age=600")]), verdict).headers


class TestAFormThatIsSentByScript:
    def test_is_answered_though_the_site_packs_its_answers_as_browsers_like_best(self) -> None:
        def packs(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
            is_packed = "br" in environ.get("HTTP_ACCEPT_ENCODING", "")
            packing = [("Content-Encoding", "br")] if is_packed else []
            start_response("200 OK", [("Content-Type", "application/json"), *packing])
            return [b"\x0b\x02\x80{}\n\x03" if is_packed else b'{"found": 3}']

        browser = {"Accept": "application/json", "Accept-Encoding": "gzip, deflate, br, zstd"}
        answer = get(packs, method="POST", headers=browser, json={"q": "tides"})
        assert (answer.status_code, answer.json) == (200, {"found": 3})


class TestAPageThatIsKeptForEverybody:
    def test_is_not_fetched_as_the_reader_whom_the_web_server_knows(self) -> None:
        def greets(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
            start_response("200 OK", [("Content-Type", "text/html"), ("Paywall-Version", "1")])
            return [MARKED.replace("Imprint", f"Hello {environ.get('REMOTE_USER', 'nobody')}").encode()]

        client = Client(Paywall(greets, Asked(FULL)), use_cookies=False)
        client.get("/news/tides", environ_overrides={"REMOTE_USER": "anna", "AUTH_TYPE": "Basic"})
        assert "Hello nobody" in client.get("/news/tides", environ_overrides={"REMOTE_USER": "boris"}).text


class TestAPageWhoseAddressIsMadeVeryLong:
    def ask(self, verdict: Verdict, *headers: tuple[str, str]) -> CutSite:
        wall = Paywall(Site(MARKED, headers), Asked(verdict))
        assert isinstance(wall.site, CutSite)
        wall.site._shelf._kept, wall.site._pages._looked = Memory(100_000), Memory(100_000)
        client = Client(wall, use_cookies=False)
        for number in range(30):
            client.get(f"/news/tides?{number}={'%20' * 2_000}")
        return wall.site

    def test_takes_no_more_memory_than_allowed_to_remember_that_it_is_not_kept(self) -> None:
        site = self.ask(SHUT, ("Paywall-Version", "1"), ("Set-Cookie", "a=1"))
        assert 0 < sum(len(place.address) for place in site._shelf._kept._kept) < 100_000

    def test_takes_no_more_memory_than_allowed_to_remember_what_is_on_it(self) -> None:
        looked = self.ask(FULL)._pages._looked._kept
        assert 0 < sum(len(one.name.url) for one in looked.values() if one.name) < 100_000


class TestACommentOnAnArticleThatUnpacksWithoutEnd:
    BOMB = base64.b64encode(gzip.compress(b"a" * 3_000_000)).decode()
    STATE = base64.b64encode(gzip.compress(b"".join(b'{"id": %d, "seen": false}' % n for n in range(900)))).decode()

    @pytest.mark.parametrize("nested", [False, True])
    def test_is_left_out_and_all_else_is_cut_as_ever(self, *, nested: bool) -> None:
        bomb = base64.b64encode(gzip.compress(" ".join([self.BOMB] * 20).encode())).decode() if nested else self.BOMB
        source = page(TEXT, after=f"<p>Well said. {bomb}</p><p>Indeed.</p><script>state = '{self.STATE}'</script>")
        text = get(Site(source)).text
        assert [said in text for said in (CANARY, bomb, PREVIEW, "Indeed.", self.STATE)] == [
            False,
            False,
            True,
            True,
            True,
        ]
        assert get(Site(source), FULL).text == source

    def test_is_unpacked_no_further_than_in_proportion(self, monkeypatch: pytest.MonkeyPatch) -> None:
        read: list[int] = []
        is_in = Hidden.is_in

        def counted(hidden: Hidden, text: str) -> bool:
            read.append(len(text))
            return is_in(hidden, text)

        monkeypatch.setattr(Hidden, "is_in", counted)
        get(Site(page(TEXT, after=f"<p>{' '.join([self.BOMB] * 20)}</p>")))
        assert 0 < sum(read) < 60_000_000


class TestDataThatIsWrittenInAnotherWay:
    ITEM = json.dumps({"text": f"<p>{PREVIEW}</p><!-- paywall --><p>{CANARY}</p>"})

    @pytest.mark.parametrize("kind", ["json-seq", "jsonl", "jsonlines", "x-jsonlines", "x-json"])
    def test_is_cut_as_json_is(self, kind: str) -> None:
        text = get(Site(f"{self.ITEM}\n{self.ITEM}\n", [("Content-Type", f"application/{kind}")])).text
        assert (CANARY in text, text.count(PREVIEW)) == (False, 2)

    def test_is_cut_in_a_feed_that_escapes_its_markup_twice(self) -> None:
        twice = escape(escape(f"<p>{PREVIEW}</p><!-- paywall --><p>{CANARY}</p>"))
        feed = f"<rss><item><description>{twice}</description><link>/x</link></item></rss>"
        text = get(Site(feed, [("Content-Type", "application/rss+xml")])).text
        assert (CANARY in text, PREVIEW in text, "<link>/x</link></item></rss>" in text) == (False, True, True)
