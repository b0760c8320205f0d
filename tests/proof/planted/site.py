"""The Lighthouse Post as a web application: front page, stories, feed, search, a sign-in, and five leaks."""

import json
from typing import TYPE_CHECKING

from flask import Flask, Response, abort, redirect, request
from itsdangerous import BadSignature, URLSafeSerializer
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from tests.proof.planted.pages import (
    SCRIPT,
    STYLE,
    UNBLUR,
    as_json,
    excerpt,
    feed_item,
    head,
    page,
    paragraphs,
    robots,
    shifted,
    sitemap,
    teaser,
    words_of,
)
from tests.proof.planted.stories import STORIES, Story

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

LEAKS = {
    "full-text-feed": "obvious: the feed named in each page's head carries whole articles (what WordPress sends unless"
    " told otherwise; local papers forgot to tell it when the wall came)",
    "endless-scroll": "middling: the JSON behind the front page's “More stories” button carries whole bodies (content"
    " interfaces made for a front end: headless WordPress, Arc's Fusion)",
    "share-card-robot": "middling: whoever calls himself Facebook's or Twitter's robot gets the whole page, for the"
    " sake of share cards (lists for walking around walls name dozens of papers that open to a robot's name)",
    "shifted-letters": "devious: the locked paragraphs stand in the page with each letter moved on by one, under a blur"
    " (Spiegel Plus, from 2016)",
    "search-excerpts": "devious: the site's search looks through locked text and shows the sentences that match"
    " (site searches that index whole articles; no paper known to us by name)",
}

SUBSCRIBER, PASSWORD = "ann@lighthouse.example", "dulse-and-butter"
SHARE_ROBOTS = ("facebookexternalhit", "twitterbot")
FRONT = 6
"""Stories on the front page; the others come with “More stories”."""


def make_site(leaks: frozenset[str]) -> "WSGIApplication":
    """Return the newspaper with these leaks; without any it is clean. Raises KeyError for one not in LEAKS."""
    for leak in leaks:
        LEAKS[leak]
    site, flask = Site(leaks), Flask(__name__)
    flask.add_url_rule("/", view_func=site.front)
    flask.add_url_rule("/<int:year>/<int:month>/<slug>", view_func=site.story)
    flask.add_url_rule("/section/<name>", view_func=site.section)
    flask.add_url_rule("/feed.xml", view_func=site.feed)
    flask.add_url_rule("/api/stories", view_func=site.stories)
    flask.add_url_rule("/search", view_func=site.search)
    flask.add_url_rule("/sign-in", view_func=site.sign_in, methods=["GET", "POST"])
    flask.add_url_rule("/about", view_func=lambda: page("About us", "<p>Printed on Skarholm Road since 1911.</p>"))
    flask.add_url_rule("/sitemap.xml", view_func=sitemap)
    flask.add_url_rule("/robots.txt", view_func=robots)
    flask.add_url_rule("/static/post.css", "css", view_func=lambda: Response(STYLE, mimetype="text/css"))
    flask.add_url_rule("/static/post.js", "js", view_func=site.script)
    return flask


class Site:
    """The views. Every one of them asks `_visible` what of a story may be seen, save where a leak is planted."""

    def __init__(self, leaks: frozenset[str]) -> None:
        self.leaks, self._signer = leaks, URLSafeSerializer("the-lighthouse-post", "reader")

    def front(self) -> Response:
        more = Markup('<button data-more="/api/stories?page=2">More stories</button>')
        return page("The Lighthouse Post", Markup().join(map(teaser, STORIES[:FRONT])) + more)

    def section(self, name: str) -> Response:
        found = [story for story in STORIES if story.section.lower() == name] or abort(404)
        return page(found[0].section, Markup().join(map(teaser, found)))

    def story(self, year: int, month: int, slug: str) -> Response:
        path = f"/{year}/{month:02}/{slug}"
        story = next((story for story in STORIES if story.path == path), None) or abort(404)
        visible = self._visible(story)
        byline = Markup("<p class=byline>By {}, <time>{}</time></p>").format(story.author, story.day)
        rest = Markup() if visible == story.text else self._rest(story)
        answer = page(story.title, byline + paragraphs(visible) + rest, head=head(story))
        answer.headers["Cache-Control"], answer.headers["Vary"] = "private, no-store", "Cookie"
        return answer

    def _rest(self, story: Story) -> Markup:
        hidden = [shifted(text) for text in story.text[1:]] if "shifted-letters" in self.leaks else []
        blurred = Markup("<div class=blur aria-hidden=true>{}</div>").format(paragraphs(hidden)) if hidden else ""
        offer = Markup('<p>Subscribers read on. <a href="/sign-in">Sign in</a> or subscribe for 9.90 a month.</p>')
        return Markup("<section class=paywall>{}{}</section>").format(blurred, offer)

    def _visible(self, story: Story) -> tuple[str, ...]:
        agent = request.user_agent.string.lower()
        robot = "share-card-robot" in self.leaks and any(name in agent for name in SHARE_ROBOTS)
        return story.text if robot or self._subscribed() else story.preview

    def _subscribed(self) -> bool:
        try:
            return bool(self._signer.loads(request.cookies.get("reader", "")) == SUBSCRIBER)
        except BadSignature:
            return False

    def feed(self) -> Response:
        whole = "full-text-feed" in self.leaks
        items = Markup().join(feed_item(story, story.text if whole else story.preview) for story in STORIES)
        start = Markup('<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>')
        name = Markup("<title>The Lighthouse Post</title><link>{}</link>").format(request.url_root)
        about = Markup("<description>News from the coast</description>")
        return Response(start + name + about + items + Markup("</channel></rss>"), mimetype="application/rss+xml")

    def stories(self) -> Response:
        first = (max(request.args.get("page", 1, int), 1) - 1) * FRONT
        whole = "endless-scroll" in self.leaks
        rows = [as_json(story, story.text if whole else story.preview) for story in STORIES[first : first + FRONT]]
        return Response(json.dumps({"stories": rows}), mimetype="application/json")

    def search(self) -> Response:
        query = request.args.get("query", "")
        words = words_of(query)
        whole = "search-excerpts" in self.leaks
        found = [(story, excerpt(story.text if whole else story.preview, words)) for story in STORIES]
        hits = [teaser(story, text) for story, text in found if text or words & words_of(story.title)]
        return page(f"Search: {query}", Markup().join(hits) or Markup("<p>Nothing was found.</p>"))

    def sign_in(self) -> AnyResponse:
        if (request.form.get("email"), request.form.get("password")) == (SUBSCRIBER, PASSWORD):
            answer = redirect("/")
            answer.set_cookie("reader", str(self._signer.dumps(SUBSCRIBER)), httponly=True, samesite="Lax")
            return answer
        fields = "<input name=email type=email><input name=password type=password><button>Sign in</button>"
        return page("Sign in", f"<form method=post action=/sign-in>{fields}</form>")

    def script(self) -> Response:
        return Response(SCRIPT + (UNBLUR if "shifted-letters" in self.leaks else ""), mimetype="text/javascript")
