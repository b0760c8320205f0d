"""Every leak that is planted is found, named and mended with one sentence: on the page, elsewhere, and by who asks."""

import base64
import codecs
import gzip
import html
import json
from collections.abc import Callable

import pytest

from paywall.wall.audit import Outcome, Report
from paywall.wall.audit.surfaces import Place, Surface
from tests.wall.audit.conftest import Look
from tests.wall.audit.paper import CANARY, LOCKED, PATH, PREVIEW, SLUG, SUBSCRIBER, Paper, page_of, whole_page

TEXT = " ".join(LOCKED)
WHOLE = " ".join(PREVIEW + LOCKED)
Plant = Callable[[Paper], object]
ENTRY = f"<item><title>The lower crossing</title><link>{PATH}</link><description>{PREVIEW[0]}</description>{{}}</item>"


def _64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _adds(where: str, what: str) -> Plant:
    return lambda paper: setattr(paper, where, getattr(paper, where) + what)


def _answers(path: str, kind: str, body: str | bytes, status: int = 200) -> Plant:
    return lambda paper: paper.pages.__setitem__(path, (status, kind, body))


ON_THE_PAGE: dict[Place, Plant] = {
    Place.JSON_LD: _adds(
        "head",
        f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "articleBody": WHOLE})}</script>',
    ),
    Place.META: _adds("head", f'<meta property="og:description" content="{html.escape(WHOLE)}">'),
    Place.STATE: _adds(
        "body", f"<script>window.__STATE__ = {json.dumps({'story': {'intro': PREVIEW[0], 'body': TEXT}})}</script>"
    ),
    Place.HIDDEN: _adds("article", "".join(f"<p class=rest style='display:none'>{one}</p>" for one in LOCKED)),
    Place.ATTRIBUTES: _adds("article", f'<div data-more="{_64(WHOLE)}"></div>'),
    Place.INPUTS: _adds("body", f'<input type="hidden" name="t" value="{html.escape(codecs.encode(TEXT, "rot13"))}">'),
    Place.COMMENTS: _adds("article", f"<!-- {WHOLE} -->"),
    Place.NOSCRIPT: _adds("article", f"<noscript><p>{TEXT}</p></noscript>"),
    Place.TEMPLATES: _adds("article", f"<template><p>{TEXT}</p></template>"),
    Place.STYLES: _adds("head", f'<style>.rest::after {{ content: "{TEXT}" }}</style>'),
    Place.HEADERS: lambda paper: paper.headers.update(
        {"X-Story": base64.b64encode(gzip.compress(TEXT.encode())).decode()}
    ),
}
ELSEWHERE: dict[Surface, dict[str, Plant]] = {
    Surface.AMP: {"as it is guessed": lambda paper: paper.pages.update({f"{PATH}/amp": whole_page})},
    Surface.PRINT: {"as it is guessed": lambda paper: paper.pages.update({f"{PATH}?view=print": whole_page})},
    Surface.VARIANT: {"another parameter": lambda paper: paper.pages.update({f"{PATH}?app=1": whole_page})},
    Surface.SPELLING: {"two slashes": lambda paper: paper.pages.update({f"/stories//{SLUG}": whole_page})},
    Surface.FEED: {
        "RSS": _answers(
            "/feed", "application/rss+xml", f"<rss>{ENTRY.format(f'<content:encoded><![CDATA[{WHOLE}]]>')}</rss>"
        ),
        "Atom": _answers(
            "/atom.xml", "text/xml", f"<feed><entry><id>{SLUG}</id><content>{TEXT}</content></entry></feed>"
        ),
        "linked to for people": lambda paper: (
            _adds("body", '<a href="/syndication/main">RSS</a>')(paper),
            _answers("/syndication/main", "text/xml", f"<rss>{ENTRY.format(f'<body>{TEXT}</body>')}</rss>")(paper),
        ),
        "JSON Feed": _answers(
            "/feed.json",
            "application/json",
            json.dumps({"items": [{"summary": PREVIEW[0], "content_html": f"<p>{TEXT}"}]}),
        ),
    },
    Surface.SITEMAP: {
        "packed": _answers(
            "/sitemap.xml.gz",
            "application/xml",
            gzip.compress(f"<urlset><url><loc>{PATH}</loc>{WHOLE}</url></urlset>".encode()),
        ),
        "named by robots.txt": lambda paper: paper.pages.update(
            {
                "/robots.txt": (200, "text/plain", f"Sitemap: {paper.address}/maps/news.xml"),
                "/maps/news.xml": (
                    200,
                    "text/xml",
                    f"<urlset><url><loc>{paper.address}{PATH}</loc>{TEXT}</url></urlset>",
                ),
            }
        ),
    },
    Surface.OEMBED: {
        "named by the page": lambda paper: (
            _adds("head", '<link rel="alternate" type="application/json+oembed" href="/embed-it?id=7">')(paper),
            _answers("/embed-it?id=7", "application/json", json.dumps({"html": f"<blockquote>{WHOLE}</blockquote>"}))(
                paper
            ),
        )
    },
    Surface.REST: {
        "WordPress": _answers(
            f"/wp-json/wp/v2/posts?slug={SLUG}",
            "application/json",
            json.dumps([{"excerpt": {"rendered": PREVIEW[0]}, "content": {"rendered": WHOLE}}]),
        ),
        "an ending": _answers(f"{PATH}.json", "application/json", json.dumps({"paragraphs": [*PREVIEW, *LOCKED]})),
    },
    Surface.CANDIDATE: {
        "fetched by a script": lambda paper: (
            _adds("body", '<script src="/app.js"></script><div data-story-id="7"></div>')(paper),
            _answers("/app.js", "text/javascript", 'const get = id => fetch("/backend/story/" + id + "/body")')(paper),
            _answers("/backend/story/7/body", "text/html", f"<p>{WHOLE}</p>")(paper),
        ),
        "named by an attribute": lambda paper: (
            _adds("article", '<div data-rest="/parts/7.html"></div>')(paper),
            _answers("/parts/7.html", "text/html", page_of(PREVIEW + LOCKED, is_open=True, says=False))(paper),
        ),
    },
    Surface.SCRIPT: {
        "a file of data": lambda paper: (
            _adds("body", '<script src="/stories-7.js"></script>')(paper),
            _answers(
                "/stories-7.js", "text/javascript", f"stories['7'] = {json.dumps({'intro': PREVIEW[0], 'all': WHOLE})}"
            )(paper),
        )
    },
    Surface.WORKER: {
        "what it keeps beforehand": _answers(
            "/sw.js", "text/javascript", f"const kept = {json.dumps([PREVIEW[0], WHOLE])}"
        )
    },
    Surface.LISTING: {
        "the front page's state": _adds(
            "front",
            f"<script>window.__STATE__ = {json.dumps([{'slug': SLUG, 'lead': PREVIEW[0], 'text': TEXT}])}</script>",
        )
    },
    Surface.FOR_MACHINES: {"llms-full.txt": _answers("/llms-full.txt", "text/markdown", f"# Stories\n\n{WHOLE}")},
}
MODES = {"a canary": ((CANARY,), {}), "a cookie": ((), {"cookie": SUBSCRIBER}), "neither": ((), {})}


def told(report: Report) -> str:
    return "\n".join(f"{one.surface.name} {one.place.name} {one.address} {one.mend}" for one in report.findings)


@pytest.mark.parametrize("mode", MODES)
class TestTextThatWasPlanted:
    def test_on_the_page_is_found_in_every_place(self, paper: Paper, look: Look, mode: str) -> None:
        for plant in ON_THE_PAGE.values():
            plant(paper)
        canaries, options = MODES[mode]
        report = look(*canaries, **options)
        assert report.outcome is Outcome.LEAK
        assert {one.place for one in report.findings if one.surface is Surface.PAGE} == set(ON_THE_PAGE), told(report)
        assert all(one.mend == one.place.mend for one in report.findings)
        assert report.leaked == (1 if canaries else len(LOCKED))

    def test_elsewhere_is_found_on_every_surface(self, paper: Paper, look: Look, mode: str) -> None:
        for plants in ELSEWHERE.values():
            for plant in plants.values():
                plant(paper)
        canaries, options = MODES[mode]
        report = look(*canaries, **options)
        assert {one.surface for one in report.findings} == set(ELSEWHERE), told(report)
        addresses = {surface: set[str]() for surface in ELSEWHERE}
        for one in report.findings:
            addresses[one.surface] |= {*one.addresses}
        del addresses[Surface.LISTING]  # this front page is given for searches, too
        assert all(len(found) == len(ELSEWHERE[surface]) for surface, found in addresses.items()), told(report)


ALONE = {f"{surface.title}, {name}": plant for surface, plants in ELSEWHERE.items() for name, plant in plants.items()}
ALONE |= {place.title: plant for place, plant in ON_THE_PAGE.items()}


@pytest.mark.parametrize("leak", ALONE)
def test_a_leak_alone_is_found_without_a_canary_or_a_cookie(paper: Paper, look: Look, leak: str) -> None:
    ALONE[leak](paper)
    report = look()
    assert report.outcome is Outcome.LEAK
    assert report.sureness == "likely"
