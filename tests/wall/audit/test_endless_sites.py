"""Sites whose answers are small to send and were endless to read: each of these once kept the audit busy for ever.

Each answer is so long that work which grows with its square would not come to an end while anybody waits.
"""

import pytest

from paywall.wall.audit.asking.asks import Answer, Ask, packed
from paywall.wall.audit.asking.fetching import Browser, Fetcher, Limits
from paywall.wall.audit.asking.links import articles_in, named_by, sitemaps_in
from paywall.wall.audit.asking.people import VISITOR
from paywall.wall.audit.asking.site import site_of
from paywall.wall.audit.looking.admitting import Admissions, Shown
from paywall.wall.audit.looking.locked import Locked, Source
from paywall.wall.audit.looking.pages import HtmlPage
from paywall.wall.audit.surfaces import Surface
from tests.wall.audit.paper import CANARY, Paper

SITE = site_of("http://paper.example/stories/tides")
LENGTH = 1_000_000


def answer(body: str, kind: str, *headers: tuple[str, str]) -> Answer:
    said = (("content-type", kind), *headers)
    return Answer(Ask(Surface.PAGE, SITE.url), "visitor", 200, said, packed(body.encode()), SITE.url)


def endless(piece: str) -> str:
    return piece * (LENGTH // len(piece))


class TestAFeedOrSitemap:
    @pytest.mark.parametrize("body", [endless("<url>"), endless("<item>x"), f"<item>{endless('<![CDATA[')}</item>"])
    def test_whose_entries_have_no_end_is_read_to_its_own(self, body: str) -> None:
        admissions = Admissions(Shown(HtmlPage("<p>What everybody may read.</p>"), (), SITE))
        admissions.add(answer(body, "text/xml"))
        assert admissions.found == []

    @pytest.mark.parametrize("body", [endless("<link "), f"<loc>{endless(' ')}", endless("\n")])
    def test_that_names_nothing_is_read_to_its_end(self, body: str) -> None:
        said = answer(body, "application/rss+xml")
        assert (articles_in(said, SITE), sitemaps_in(said)) == ([], [])

    def test_still_names_its_articles_and_sitemaps(self) -> None:
        feed = "<rss><item><link>/stories/one</link></item><link rel='x' href='/stories/two'/></rss>"
        assert len(articles_in(answer(feed, "application/rss+xml"), SITE)) == 2
        assert sitemaps_in(answer("Sitemap: http://paper.example/a.xml\n", "text/plain")) == [
            "http://paper.example/a.xml"
        ]


class TestAPage:
    @pytest.mark.parametrize("style", [endless("/*"), endless("@media print "), endless("@media print{")])
    def test_whose_styles_have_no_rules_is_read_to_its_end(self, style: str) -> None:
        page = f"<style>{style}</style><p class=x>Seen.</p>"
        assert Locked([CANARY], Source.CANARY).hits_in(answer(page, "text/html")) == []
        assert HtmlPage(page).visible.strip() == "Seen."

    def test_whose_link_header_leads_nowhere_is_read_to_its_end(self) -> None:
        headers = (("link", "<a>" * 30_000 + ', </next>; rel="amphtml"'),)
        assert [ask.url for ask in named_by(answer("<p>x</p>", "text/html", *headers), SITE)] == [
            "http://paper.example/next"
        ]

    @pytest.mark.parametrize("begin", ["<div>", "<b><p>", "<script></script><!-- --><i>"])
    def test_whose_elements_are_nested_without_end_is_read_as_text(self, paper: Paper, begin: str) -> None:
        paper.pages["/odd"] = (200, "text/html", f"{begin * 50_000}<p>{CANARY}</p>{'<!--' * 50_000}")
        with Fetcher(site_of(paper.address), Limits(10, 1_000), lambda *_: None) as fetcher:
            read = fetcher.ask(Browser(VISITOR), Ask(Surface.PAGE, f"{paper.address}/odd"))
        assert (read.problem, read.is_whole) == ("Tangled", False)
        assert Locked([CANARY], Source.CANARY).hits_in(read)

    def test_with_as_many_elements_as_a_long_list_has_is_a_page(self, paper: Paper) -> None:
        paper.pages["/list"] = (200, "text/html", "<ul>" + "<li><a href='/x'>x</a></li>" * 5_000 + "</ul>")
        with Fetcher(site_of(paper.address), Limits(10, 1_000), lambda *_: None) as fetcher:
            read = fetcher.ask(Browser(VISITOR), Ask(Surface.PAGE, f"{paper.address}/list"))
        assert (read.problem, read.is_whole) == ("", True)
