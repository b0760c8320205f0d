"""The Gazette's site, as a publisher has one: pages that hold previews, and an endpoint for what a pass opens.

Two ways in side by side: most stories ask by the script tag; one, and every story's page for browsers without scripts,
is made whole and cut by the middleware on its way out.
"""

from functools import partial

from flask import Flask, Response, abort, make_response, render_template, request

from paywall.demo.gazette.passes import Passes
from paywall.demo.gazette.stories import Paper
from paywall.wall.middleware import Paywall
from paywall.wall.remote.check import RemoteCheck

BY_MIDDLEWARE = frozenset({"nobody-will-sign-for-the-crane"})
TIDES = (
    ("Friday", "06:12", "12:31"),
    ("Saturday", "06:58", "13:17"),
    ("Sunday", "07:44", "14:03"),
    ("Monday", "08:30", "14:49"),
    ("Tuesday", "09:16", "15:35"),
    ("Wednesday", "10:02", "16:21"),
    ("Thursday", "10:48", "17:07"),
)


def make_site(paper: Paper) -> Flask:
    """Return the site, with the middleware around it."""
    site = Flask(__name__)
    passes, stories = Passes(paper.wall, paper.publisher), {story.slug: story for story in paper.stories}
    show = partial(render_template, stories=paper.stories, site=paper.site, wall=paper.wall, key=paper.key)

    def page(slug: str, *, by_script: bool) -> Response:
        story = stories.get(slug) or abort(404)
        plain = f"/plain/{slug}" if story.is_ours else f"{paper.wall}/articles/{slug}"
        address = paper.site + story.path
        shown = show("story.html", story=story, here=address, by_script=by_script, without_script=plain)
        response = make_response(shown)
        if not by_script:
            response.headers["Paywall-Article"] = story.key
        return response

    @site.get("/")
    def front() -> str:
        return show("front.html", here=paper.site + "/", tides=TIDES)

    @site.errorhandler(404)
    def not_found(_error: Exception) -> tuple[str, int]:
        return show("not_found.html", here=paper.site + "/"), 404

    @site.get("/stories/<slug>")
    def story(slug: str) -> Response:
        return page(slug, by_script=slug not in BY_MIDDLEWARE)

    @site.get("/plain/<slug>")
    def plain(slug: str) -> Response:
        if slug in stories and not stories[slug].is_ours:
            abort(404)
        return page(slug, by_script=False)

    @site.get("/content/<key>")
    def content(key: str) -> Response:
        found = next((story for story in paper.stories if story.key == key and story.is_ours), None) or abort(404)
        if not passes.open(request.headers.get("Authorization", "").removeprefix("Bearer "), key):
            abort(403)
        return Response(found.rest, headers={"Cache-Control": "private, no-store"}, mimetype="text/html")

    check = RemoteCheck(paper.wall, paper.secret, publisher=paper.publisher)
    site.wsgi_app = Paywall(site.wsgi_app, check)  # type: ignore[method-assign]
    return site
