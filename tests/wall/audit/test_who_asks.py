"""What opens only for some people, or only for some ways of asking, is found, and told as such."""

import gzip
import re
from collections.abc import Callable

import pytest

from paywall.wall.audit import Outcome
from paywall.wall.audit.asking.people import CRAWLER_MEND
from paywall.wall.audit.surfaces import Place, Surface
from tests.wall.audit.conftest import Look
from tests.wall.audit.paper import CANARY, LOCKED, PATH, SLUG, SUBSCRIBER, Environ, Paper, Reply, page_of, whole_page

OPENS: dict[str, tuple[Callable[[Environ], bool], str]] = {
    "a name that any crawler has": (lambda asked: "Googlebot/2.1" in asked["HTTP_USER_AGENT"], CRAWLER_MEND),
    "the crawler of a model": (lambda asked: "GPTBot" in asked["HTTP_USER_AGENT"], CRAWLER_MEND),
    "a forged address": (
        lambda asked: asked.get("HTTP_X_FORWARDED_FOR", "").startswith("66.249."),
        "connection's address",
    ),
    "a request from inside": (lambda asked: asked.get("HTTP_X_REAL_IP") == "127.0.0.1", "your own proxies"),
    "a referrer": (lambda asked: "google.com" in asked.get("HTTP_REFERER", ""), "Referer"),
    "a forged cookie": (lambda asked: "premium=1" in asked.get("HTTP_COOKIE", ""), "Sign cookies"),
    "a prefetch": (lambda asked: "prefetch" in asked.get("HTTP_SEC_PURPOSE", ""), "prefetches"),
    "a script": (lambda asked: asked.get("HTTP_X_REQUESTED_WITH") == "XMLHttpRequest", "machine-readable"),
    "a phone": (lambda asked: "iPhone" in asked["HTTP_USER_AGENT"], "phones"),
}


class TestAWallThatOpensFor:
    @pytest.mark.parametrize("allowance", [0, 3])
    @pytest.mark.parametrize("who", OPENS)
    def test_is_found(self, paper: Paper, look: Look, who: str, allowance: int) -> None:
        lets_in, mend = OPENS[who]
        paper.allowance = allowance
        paper.opens.append(lets_in)
        report = look(CANARY, most=130)  # the article's page as everybody comes first
        assert report.outcome is Outcome.LEAK
        assert {one.surface for one in report.findings} <= {Surface.PAGE, Surface.VARIANT, Surface.HEAD}
        assert any(mend in one.mend for one in report.findings)
        assert not any("a visitor" in one.people for one in report.findings)

    def test_a_crawler_is_found_without_a_canary_or_a_cookie(self, paper: Paper, look: Look) -> None:
        paper.opens.append(OPENS["a name that any crawler has"][0])
        report = look()
        assert report.outcome is Outcome.LEAK
        assert report.locked is not None
        assert report.locked.sentences == LOCKED

    def test_what_a_crawler_is_given_under_another_address_is_found_too(self, paper: Paper, look: Look) -> None:
        def amp(asked: Environ) -> Reply:
            return whole_page() if "Googlebot" in asked["HTTP_USER_AGENT"] else (200, "text/html", "<p>Preview.</p>")

        paper.pages[f"{PATH}/amp"] = amp
        (finding,) = look(CANARY).findings
        assert finding.surface is Surface.AMP
        assert finding.mend.startswith(("Verify", "Believe"))

    def test_a_cookie_that_counts_in_plain_numbers_is_found(self, paper: Paper, look: Look) -> None:
        def page(asked: Environ) -> Reply:
            views = int((re.findall(r"views=(-?\d+)", asked.get("HTTP_COOKIE", "")) or ["9"])[0])
            kept = {"Set-Cookie": f"views={max(views, 0) + 1}; Path=/"}
            return 200, "text/html", page_of((CANARY if views < 3 else "Enough.",), is_open=False, says=True), kept

        paper.pages["/stories/counted"] = page
        (finding,) = look(CANARY, path="/stories/counted", most=130).findings
        assert finding.people == ["a visitor who edits the site's cookies"]
        assert "on the server" in finding.mend


class TestWaysOfAsking:
    def test_a_head_that_tells_the_length_of_the_whole_page(self, paper: Paper, look: Look) -> None:
        def page(asked: Environ) -> Reply:
            is_head = asked["REQUEST_METHOD"] == "HEAD"
            paragraphs = ("What everybody may read of it is this sentence.", *(LOCKED * 3 if is_head else ()))
            return 200, "text/html", page_of(paragraphs, is_open=False, says=True)

        paper.pages["/stories/told-by-head"] = page
        (finding,) = look(CANARY, path="/stories/told-by-head").findings
        assert (finding.surface, finding.place) == (Surface.HEAD, Place.LENGTH)
        assert "bytes" in finding.detail

    def test_a_redirect_that_sends_the_page_all_the_same(self, paper: Paper, look: Look) -> None:
        paper.pages[f"{PATH}?print=1"] = lambda _: (302, "text/html", whole_page()[2], {"Location": "/"})
        findings = look(CANARY).findings
        assert [(one.surface, one.place) for one in findings] == [(Surface.PRINT, Place.REDIRECT)]

    def test_a_refusal_that_sends_it(self, paper: Paper, look: Look) -> None:
        paper.pages[f"/api/articles/{SLUG}"] = 403, "application/json", f'{{"error": "no", "was": "{CANARY}"}}'
        (finding,) = look(CANARY).findings
        assert (finding.surface, finding.place, finding.status) == (Surface.REST, Place.REFUSAL, 403)

    def test_a_part_of_the_whole(self, paper: Paper, look: Look) -> None:
        def page(asked: Environ) -> Reply:
            text = CANARY if "HTTP_RANGE" in asked else "What everybody may read of it is this sentence."
            return 200, "text/html", page_of((text,), is_open=False, says=True)

        paper.pages["/stories/in-parts"] = page
        (finding,) = look(CANARY, path="/stories/in-parts").findings
        assert finding.surface is Surface.CONDITION
        assert "Range" in finding.address

    def test_a_search_that_shows_what_it_found(self, paper: Paper, look: Look) -> None:
        words = " ".join(LOCKED[2].split()[:3])
        paper.head = "<!-- -->"
        paper.body = '<form action="/finding"><input type="search" name="q"></form>'
        paper.pages[f"/finding?q={words.replace(' ', '%20')}"] = 200, "text/html", f"<p>… {LOCKED[2]} …</p>"
        (finding,) = look(cookie=SUBSCRIBER).findings
        assert finding.surface is Surface.SEARCH
        assert len(finding.sentences) == 1

    def test_a_cache_that_gives_everybody_what_the_first_was_given(self, paper: Paper, look: Look) -> None:
        kept: dict[str, Reply] = {}

        def cached(asked: Environ) -> Reply:
            is_open = SUBSCRIBER in asked.get("HTTP_COOKIE", "")
            fresh = whole_page() if is_open else (200, "text/html", page_of(("Preview.",), is_open=False, says=True))
            return kept.setdefault(asked["PATH_INFO"], fresh)

        paper.pages[f"{PATH}/leak-audit.css"] = cached
        (finding,) = look(CANARY, cookie=SUBSCRIBER).findings
        assert finding.surface is Surface.CACHE
        assert "no-store" in finding.mend

    def test_the_full_page_s_etag_opens_nothing_and_is_told(self, paper: Paper, look: Look) -> None:
        def page(asked: Environ) -> Reply:
            if asked.get("HTTP_IF_NONE_MATCH") == '"whole"':
                return 304, "text/html", ""
            is_open = SUBSCRIBER in asked.get("HTTP_COOKIE", "")
            rest = (
                ("Only whoever has paid may read this sentence, which says nothing, and says it at some length.",)
                if is_open
                else ()
            )
            text = page_of(("What everybody may read.", *rest), is_open=is_open, says=True)
            return 200, "text/html", text, {"ETag": '"whole"' if is_open else '"preview"'}

        paper.pages["/stories/tagged"] = page
        report = look(cookie=SUBSCRIBER, path="/stories/tagged")
        assert report.outcome is Outcome.CLEAN
        assert any("304" in note for note in report.notes)


class TestTextThatIsOnlyPartlyThere:
    def test_is_counted_by_the_sentence(self, paper: Paper, look: Look) -> None:
        paper.article = f"<div data-x='{LOCKED[0]} {LOCKED[3][10:60]}'></div>"
        report = look(cookie=SUBSCRIBER)
        assert report.leaked == 2
        assert "2 of 5 locked sentences" in report.summary

    def test_is_found_where_it_is_hidden_by_a_style_sheet_of_its_own(self, paper: Paper, look: Look) -> None:
        paper.head = '<link rel="stylesheet" href="/site.css">'
        paper.pages["/site.css"] = 200, "text/css", ".rest { color: red; display: none }"
        paper.article = "".join(f'<p class="rest">{sentence}</p>' for sentence in LOCKED)
        report = look(cookie=SUBSCRIBER)
        assert [one.place for one in report.findings] == [Place.HIDDEN]
        assert report.leaked == len(LOCKED)

    def test_is_found_in_pages_of_five_megabytes_and_other_alphabets(self, paper: Paper, look: Look) -> None:
        russian = "Паромщик перевёз сорок одного человека и пианино, и жаловалось только пианино, больше никто."
        page = f"<html><head><meta charset=windows-1251></head><p>{'Глубокая вода. ' * 350_000}</p><!-- {russian} -->"
        paper.pages["/stories/long"] = 200, "text/html", page.encode("cp1251")
        (finding, *_) = look(russian, path="/stories/long", most=12, views=0).findings
        assert finding.place is Place.COMMENTS

    def test_is_found_in_what_was_packed(self, paper: Paper, look: Look) -> None:
        paper.pages["/feed.xml"] = 200, "application/gzip", gzip.compress(f"<rss><item>{CANARY}</item></rss>".encode())
        (finding,) = look(CANARY).findings
        assert finding.surface is Surface.FEED
