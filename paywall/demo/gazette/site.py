"""The Gazette's site, as a publisher has one: pages that hold previews, and an endpoint for what a pass opens."""

from dataclasses import dataclass
from functools import partial

from flask import Flask, Response, abort, render_template, request

from paywall.demo.gazette.passes import Passes
from paywall.demo.gazette.stories import Story

TIDES = (
    ("Friday", "06:12", "12:31"),
    ("Saturday", "06:58", "13:17"),
    ("Sunday", "07:44", "14:03"),
    ("Monday", "08:30", "14:49"),
    ("Tuesday", "09:16", "15:35"),
    ("Wednesday", "10:02", "16:21"),
    ("Thursday", "10:48", "17:07"),
)


@dataclass(frozen=True, slots=True)
class Paper:
    """What the site was told: where it is, where the paywall is, its publishable key, and what is in the paper."""

    site: str
    wall: str
    key: str
    stories: tuple[Story, ...]
    by_middleware: frozenset[str] = frozenset()
    """Slugs of stories whose pages are cut by the middleware."""


def make_site(paper: Paper, passes: Passes) -> Flask:
    """Return the site; pages under /plain and those of `by_middleware` are whole until the middleware cuts them."""
    site = Flask(__name__)
    stories = {story.slug: story for story in paper.stories}
    show = partial(render_template, stories=paper.stories, site=paper.site, wall=paper.wall, key=paper.key)

    def page(slug: str, *, by_script: bool) -> str:
        story = stories.get(slug) or abort(404)
        plain = f"/plain/{slug}" if story.is_ours else f"{paper.wall}/articles/{slug}"
        address = paper.site + story.path
        return show("story.html", story=story, here=address, by_script=by_script, without_script=plain)

    @site.get("/")
    def front() -> str:
        return show("front.html", here=paper.site + "/", tides=TIDES)

    @site.get("/stories/<slug>")
    def story(slug: str) -> str:
        return page(slug, by_script=slug not in paper.by_middleware)

    @site.get("/plain/<slug>")
    def plain(slug: str) -> str:
        return page(slug, by_script=True)

    @site.get("/content/<key>")
    def content(key: str) -> Response:
        found = next((story for story in paper.stories if story.key == key and story.is_ours), None) or abort(404)
        if not passes.open(request.headers.get("Authorization", "").removeprefix("Bearer "), key):
            abort(403)
        return Response(found.rest, headers={"Cache-Control": "private, no-store"}, mimetype="text/html")

    return site
