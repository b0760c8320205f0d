"""The wall around a foreign site: what leaves it, for whom, and what never does."""

import gzip
import json
from collections.abc import Callable, Iterable
from types import MappingProxyType
from typing import Any
from wsgiref.validate import validator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client, TestResponse

from paywall.gate.decision import ArticleName
from paywall.wall.middleware import Paywall
from tests.wall.foreign import CANARY, CRAWLER, FULL, MARKED, MORE, PLAIN, PREVIEW, SHUT, Asked, Site, page


def get(site: Any, verdict: Any = SHUT, path: str = "/news/tides", method: str = "GET", **more: Any) -> TestResponse:
    options = more.pop("options", {})
    check = verdict if isinstance(verdict, Asked) else Asked(verdict)
    return Client(Paywall(site, check, **options)).open(path, method=method, **more)


def is_shut(answer: TestResponse) -> bool:
    """Tell whether no word of what is locked is in there; the preview must be."""
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Paywall-Decision"].startswith("preview")
    return CANARY not in answer.text and MORE not in answer.text


class TestAPageWithTheMarker:
    def test_is_cut_there_for_who_may_not_read_it(self) -> None:
        answer = get(Site())
        assert is_shut(answer)
        assert PREVIEW in answer.text
        assert 'class="paywall-invitation"' in answer.text
        assert "<footer>Imprint</footer>" in answer.text

    def test_is_sent_as_it_is_to_who_may(self) -> None:
        answer = get(Site(), FULL)
        assert answer.text == MARKED
        assert answer.headers["Paywall-Decision"] == "full; reason=subscribed"
        assert answer.headers["Cache-Control"] == "private, no-store"

    @pytest.mark.parametrize("verdict", [None, RuntimeError("the check broke")])
    def test_stays_shut_where_nothing_can_be_decided(self, verdict: Any) -> None:
        assert is_shut(get(Site(), verdict))

    def test_is_asked_about_by_the_id_that_the_page_says(self) -> None:
        check = Asked(SHUT)
        get(Site(page(f"<div><!-- paywall -->{CANARY}</div>", '<meta name="paywall:article" content="a-7">')), check)
        assert check.questions == [(ArticleName("a-7", "http://localhost/news/tides"), True)]

    def test_else_by_its_canonical_address(self) -> None:
        check = Asked(SHUT)
        site = Site(page(f"<div><!-- paywall -->{CANARY}</div>", '<link rel="canonical" href="/tides">'))
        get(site, check, "/tides?utm_source=mail")
        assert check.questions == [(ArticleName("", "http://localhost/tides"), True)]

    def test_tells_a_verified_crawler_that_there_is_a_wall(self) -> None:
        answer = get(Site(), CRAWLER)
        assert CANARY in answer.text
        assert "isAccessibleForFree" in answer.text


class TestAPageWithASelector:
    options = MappingProxyType({"cut": "div.text", "preview_paragraphs": 1})

    def test_keeps_its_first_paragraphs(self) -> None:
        answer = get(Site(PLAIN), options=self.options)
        assert is_shut(answer)
        assert PREVIEW in answer.text

    def test_is_left_alone_where_nobody_knows_of_such_an_article(self) -> None:
        answer = get(Site(PLAIN), None, options=self.options)
        assert answer.text == PLAIN
        assert "Paywall-Decision" not in answer.headers

    def test_is_left_alone_where_the_selector_finds_nothing(self) -> None:
        check = Asked(SHUT)
        assert get(Site(page("<p>About us</p>")), check, options=self.options).text == page("<p>About us</p>")
        assert check.questions == []

    def test_a_wrong_selector_is_refused_at_once(self) -> None:
        with pytest.raises(ValueError, match="no CSS selector"):
            Paywall(Site(), Asked(SHUT), cut="div[[")


class TestWhereElseTheTextMayBe:
    @pytest.mark.parametrize(
        "head",
        [
            f'<script type="application/ld+json">{json.dumps({"@type": "Article", "articleBody": CANARY})}</script>',
            f"<script>window.__STATE__ = {json.dumps({'body': MORE + CANARY})}</script>",
            f'<meta name="description" content="{CANARY}">',
            f'<meta property="og:description" content="{MORE} {CANARY}">',
            f"<!-- {CANARY} -->",
            f"<template><p>{CANARY}</p></template>",
            f"<noscript><p>{CANARY}</p></noscript>",
            f'<link data-text="{CANARY}">',
        ],
    )
    def test_it_is_taken_out_too(self, head: str) -> None:
        body = f"<div><p>{PREVIEW}</p><!-- paywall --><p>{MORE}</p><p>{CANARY}</p></div>"
        assert is_shut(get(Site(page(body, head))))
        assert is_shut(get(Site(page(body, "", head))))


class TestHttp:
    def test_a_head_tells_the_length_of_the_cut_page(self) -> None:
        head, whole = get(Site(), method="HEAD"), get(Site())
        assert head.headers["Content-Length"] == whole.headers["Content-Length"]
        assert head.data == b""

    def test_a_head_spends_nothing(self) -> None:
        check = Asked(SHUT)
        get(Site(), check, method="HEAD")
        assert [counts for _, counts in check.questions] == [False]

    def test_a_prefetch_spends_nothing_and_gets_nothing(self) -> None:
        check = Asked(SHUT)
        answer = get(Site(), check, headers={"Sec-Purpose": "prefetch"})
        assert (answer.status_code, answer.data) == (503, b"")
        assert [counts for _, counts in check.questions] == [False]

    def test_a_part_of_a_page_is_asked_for_whole(self) -> None:
        class Partial(Site):
            def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
                self.status = "206 Partial Content" if "HTTP_RANGE" in environ else "200 OK"
                self.body = CANARY.encode() if "HTTP_RANGE" in environ else MARKED.encode()
                return super().__call__(environ, start_response)

        assert is_shut(get(Partial(), headers={"Range": "bytes=200-"}))

    def test_no_validator_of_the_whole_page_leaves(self) -> None:
        answer = get(Site(headers=[("ETag", '"whole"'), ("Last-Modified", "Fri, 27 Nov 2026 00:00:00 GMT")]))
        assert not {"ETag", "Last-Modified"} & set(answer.headers.keys())

    def test_what_is_packed_all_the_same_is_unpacked_and_cut(self) -> None:
        assert is_shut(get(Site(gzip.compress(MARKED.encode()), [("Content-Encoding", "gzip")])))

    @pytest.mark.parametrize("packing", ["br", "zstd", "gzip, gzip", "deflate"])
    def test_what_can_not_be_unpacked_is_stopped(self, packing: str) -> None:
        answer = get(Site(b"\x00" + CANARY.encode(), [("Content-Encoding", packing)]))
        assert answer.status_code == 403
        assert CANARY not in answer.text

    def test_a_page_that_is_too_large_to_look_into_is_stopped(self) -> None:
        answer = get(Site("x" * (17 * 1024 * 1024)))
        assert answer.status_code == 403

    def test_other_things_pass_as_they_are(self) -> None:
        picture = Site(b"\x89PNG", [("Content-Type", "image/png"), ("ETag", '"p"'), ("Cache-Control", "public")])
        answer = get(picture, method="GET")
        assert (answer.data, answer.headers["ETag"], answer.headers["Cache-Control"]) == (b"\x89PNG", '"p"', "public")

    def test_what_is_marked_and_no_page_is_stopped(self) -> None:
        answer = get(Site(CANARY.encode(), [("Content-Type", "application/pdf"), ("Paywall-Article", "a-7")]))
        assert answer.status_code == 403

    def test_a_form_that_is_sent_goes_inward_as_it_came_and_its_page_is_cut(self) -> None:
        site, check = Site(), Asked(SHUT)
        answer = get(site, check, method="POST", data={"comment": "hello"})
        assert is_shut(answer)
        assert site.asked[0]["REQUEST_METHOD"] == "POST"
        assert [counts for _, counts in check.questions] == [False]

    def test_cookies_of_the_site_reach_the_reader(self) -> None:
        assert get(Site(headers=[("Set-Cookie", "theirs=1")])).headers["Set-Cookie"] == "theirs=1"

    def test_an_answer_in_pieces_and_by_write_is_cut_too(self) -> None:
        def pieces(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            write = start_response("200 OK", [("Content-Type", "text/html")])
            write(MARKED[:50].encode())
            yield from (MARKED[at : at + 7].encode() for at in range(50, len(MARKED), 7))

        assert is_shut(get(pieces))

    def test_it_keeps_to_the_rules_of_wsgi(self) -> None:
        wall = validator(Paywall(validator(Site()), Asked(SHUT)))
        said: list[str] = []
        environ = Client(Site()).open("/x").request.environ
        environ = {key: value for key, value in environ.items() if not key.startswith("werkzeug")}

        def start_response(
            status: str, _headers: list[tuple[str, str]], _info: object = None
        ) -> Callable[[bytes], object]:
            said.append(status)
            return lambda _data: None

        body = wall(environ, start_response)
        assert b"".join(body)
        getattr(body, "close", lambda: None)()
        assert said == ["200 OK"]


class TestFeeds:
    def test_what_follows_the_marker_is_cut_for_everybody(self) -> None:
        escaped = f"&lt;p&gt;{PREVIEW}&lt;/p&gt;&lt;!-- paywall --&gt;&lt;p&gt;{CANARY}&lt;/p&gt;"
        cdata = f"<![CDATA[<p>{PREVIEW}</p><!-- paywall --><p>{CANARY}</p>]]>"
        for text in (escaped, cdata):
            feed = f"<rss><item><description>{text}</description><link>x</link></item></rss>"
            answer = get(Site(feed, [("Content-Type", "application/rss+xml")]), FULL)
            assert CANARY not in answer.text
            assert PREVIEW in answer.text
            assert answer.text.endswith("</description><link>x</link></item></rss>")

    def test_json_stays_json(self) -> None:
        feed = json.dumps({"items": [{"content_html": f'<p>{PREVIEW}</p><!-- paywall --><p>"{CANARY}"</p>', "id": 1}]})
        answer = get(Site(feed, [("Content-Type", "application/feed+json")]), FULL)
        assert CANARY not in answer.text
        assert json.loads(answer.text)["items"][0]["id"] == 1

    def test_a_marker_among_elements_locks_the_rest_of_its_parent(self) -> None:
        text = f"<div><p>{PREVIEW}</p><!-- paywall --><p>{CANARY}</p><br/>{MORE}</div>"
        feed = f"<feed><entry><content type='xhtml'>{text}</content><id>1</id></entry></feed>"
        answer = get(Site(feed, [("Content-Type", "application/atom+xml")]))
        assert (
            answer.text
            == f"<feed><entry><content type='xhtml'><div><p>{PREVIEW}</p></div></content><id>1</id></entry></feed>"
        )

    def test_a_marker_where_nothing_ends_stops_the_answer(self) -> None:
        answer = get(Site(f"<feed><!-- paywall --><p>{CANARY}", [("Content-Type", "application/atom+xml")]))
        assert answer.status_code == 403

    def test_other_fields_that_hold_the_text_are_emptied(self) -> None:
        html = f"<p>{PREVIEW}</p><!-- paywall --><p>{CANARY}</p>"
        feed = json.dumps({"items": [{"content_html": html, "content_text": f"{PREVIEW} {CANARY}", "id": 1}]})
        answer = get(Site(feed, [("Content-Type", "application/feed+json")]))
        assert json.loads(answer.text)["items"][0]["content_text"] == PREVIEW
        xml = f"<rss><item><description>{CANARY}</description><x>{html.replace('<', '&lt;')}</x></item></rss>"
        assert CANARY not in get(Site(xml, [("Content-Type", "application/rss+xml")])).text


class TestPagesThatSayTheirVersion:
    def test_are_fetched_once_without_anything_of_the_reader(self) -> None:
        site = Site(headers=[("Paywall-Version", "v1")])
        client = Client(Paywall(site, Asked(SHUT)))
        for _ in range(5):
            assert is_shut(client.get("/news/tides", headers={"Cookie": "session=mine"}))
        assert len(site.asked) <= 2

    def test_are_kept_apart_for_each_decision(self) -> None:
        site, check = Site(headers=[("Paywall-Version", "v1")]), Asked(SHUT)
        client = Client(Paywall(site, check))
        for verdict in (SHUT, FULL, SHUT, FULL, SHUT):
            check.verdict = verdict
            answer = client.get("/news/tides")
            assert (CANARY in answer.text) == verdict.decision.is_full

    def test_are_asked_for_again_after_a_while(self) -> None:
        site = Site(headers=[("Paywall-Version", "v1")])
        client = Client(Paywall(site, Asked(SHUT), keep_seconds=0))
        client.get("/a")
        client.get("/a")
        assert len(site.asked) >= 2


_TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="<>&", exclude_categories=["Cc", "Cs"]), max_size=30)
_TREES = st.recursive(
    _TEXTS,
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>",
        st.sampled_from(["p", "div", "span", "em", "section", "blockquote", "ul", "li", "h2", "table", "td"]),
        st.lists(inner, max_size=4),
    ),
    max_leaves=8,
)


class TestAnyTree:
    @given(_TREES, _TREES, _TREES)
    def test_what_follows_the_marker_never_leaves(self, before: str, after: str, outside: str) -> None:
        body = f"<article>{before}<!-- paywall -->{after}<p>{CANARY}</p></article>{outside}"
        answer = get(Site(page(body)))
        assert CANARY not in answer.text

    @given(_TREES)
    def test_with_a_decision_that_opens_it_is_sent_byte_for_byte(self, body: str) -> None:
        whole = page(f"<article>{body}<!-- paywall --><p>{CANARY}</p></article>")
        assert get(Site(whole), FULL).data == whole.encode()
