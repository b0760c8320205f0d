"""The little sites, each made by the example of its guide as it stands; run in processes of their own.

Pages carry whole articles with all that a newspaper puts around them; the site that asks by itself makes its previews
by itself, too.
"""

import html
import json
import os
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Flask, Response, abort, redirect, request, session
from jwt import PyJWTError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route
from werkzeug.wrappers import Response as AnyResponse

from tests.api.guides import example, run
from tests.browser.embed import guide as script_tag
from tests.browser.embed.paper import canary, preview, rest
from tests.proof.ways.newspaper import KEYS, SLUG

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

MEMBERS, KEY = "https://members.paper.example", "pw_sk_your_key"
_SOON_DUE = "lifespan=2"
"""Has the keys fall due all the time: some outage of a minute will meet keys that do."""
KINDS = ("articles", "print", "amp")
"""The first part of the address of each page that shows an article."""


def filled_in(*places: str, **more: str) -> dict[str, str]:
    """Return what a publisher fills in."""
    known = {MEMBERS: os.environ["WAYS_SERVICE"], KEY: os.environ["WAYS_KEY"], '"paper"': f'"{SLUG}"'}
    return {place: known[place] for place in places} | more


def page(key: str, kind: str, text: str, told: str) -> str:
    """Return a page with this text in it; `told` is what machines are told of it, in four places."""
    data = json.dumps({"@type": "NewsArticle", "headline": key, "articleBody": told})
    return (
        f"<!doctype html><html{' amp' if kind == 'amp' else ''}><head><title>{key}</title>"
        f'<meta name="paywall:article" content="{key}"><meta name="description" content="{html.escape(told)}">'
        f'<meta property="og:description" content="{html.escape(told)}">'
        f'<script type="application/ld+json">{data}</script></head>'
        f'<body class="{kind}"><h1>{key}</h1><div class="article-body" data-text="{html.escape(told)}">{text}</div>'
        "<footer>The end of the page.</footer></body></html>"
    )


def whole_page(key: str, kind: str) -> str:
    """Return an article's page as a site has it that relies on the wall."""
    return page(key, kind, f"<p>{preview(key)}</p>{rest(key)}", canary(key))


def feed() -> str:
    """Return a feed of whole articles, each with the marker in it."""
    texts = ((key, html.escape(f"<p>{preview(key)}</p><!-- paywall -->{rest(key)}")) for key in KEYS)
    items = "".join(f"<item><title>{key}</title><description>{text}</description></item>" for key, text in texts)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>The Paper</title>{items}</channel></rss>'


def whole_site() -> Flask:
    """Return a site that sends whole articles to everybody: pages, print, AMP, a feed."""
    app = Flask("paper", static_folder=None)

    @app.get("/<any(articles, print, amp):kind>/<key>")
    def article(kind: str, key: str) -> str:
        return whole_page(key, kind) if key in KEYS else abort(404)

    @app.get("/feed.xml")
    def rss() -> Response:
        return Response(feed(), mimetype="application/rss+xml")

    return app


def local() -> "WSGIApplication":
    """Return it with the whole product around it, in one process."""
    app = whole_site()
    run(example("python-middleware.md", "local", {}), app=app)
    return app


def remote() -> "WSGIApplication":
    """Return it with the wall alone, which asks the service."""
    app = whole_site()
    run(example("python-middleware.md", "flask", filled_in(MEMBERS, KEY)), app=app)
    return app


def asgi_remote() -> Any:
    """Return its twin for ASGI."""

    async def article(request: Request) -> HTMLResponse:
        key, kind = request.path_params["key"], request.path_params["kind"]
        known = key in KEYS and kind in KINDS
        return HTMLResponse(whole_page(key, kind) if known else "none", 200 if known else 404)

    async def rss(_request: Request) -> HTMLResponse:
        return HTMLResponse(feed(), media_type="application/rss+xml")

    app = Starlette(routes=[Route("/feed.xml", rss), Route("/{kind}/{key}", article)])
    return run(example("python-middleware.md", "starlette", filled_in(MEMBERS, KEY)), app=app)["app"]


def check() -> "WSGIApplication":
    """Return a site that asks the service about each view."""
    return _asking()


def passes() -> "WSGIApplication":
    """Return a site that looks for a signed pass first, and asks only where there is none."""
    places = filled_in('"paper"', **{"timeout=2": f"timeout=2, {_SOON_DUE}"}) | filled_in(MEMBERS)
    return _asking(run(example("passes.md", "python", places))["opens"])


def content() -> "WSGIApplication":
    """Return a site that hands the rest of its articles to the script tag, by signed passes."""
    verifying = script_tag.example("python")
    for place, filling in (filled_in(MEMBERS, '"paper"') | {"lifespan=3600": _SOON_DUE}).items():
        assert place in verifying, place
        verifying = verifying.replace(place, filling)
    return script_tag.content_site({"__name__": __name__, "opens": run(verifying)["opens"], "rest_of": rest})


def _asking(opens: Any = None) -> Flask:
    app = Flask("asking", static_folder=None)
    app.secret_key = "a secret of the site itself"
    asked = run(example("check.md", "shortest-python", filled_in(MEMBERS, KEY)))
    may_read = asked["may_read"]
    exchanged = run(example("check.md", "exchange", filled_in(MEMBERS, KEY)), requests=asked["requests"])
    reader_token = exchanged["reader_token"]

    def by_pass(key: str) -> bool:
        try:
            return bool(opens and opens(request.cookies.get("pass", ""), key))
        except PyJWTError:
            return False

    @app.get("/<any(articles, print, amp):kind>/<key>")
    def article(kind: str, key: str) -> Response:
        if key not in KEYS:
            abort(404)
        visitor = session.setdefault("visitor", token_urlsafe(16))
        is_open, answer = (True, {}) if by_pass(key) else may_read(key, visitor, session.get("reader"))
        text = f"<p>{preview(key)}</p>{rest(key) if is_open else ''}"
        response = Response(page(key, kind, text, preview(key)), headers={"Cache-Control": "private, no-store"})
        if answer.get("pass"):
            response.set_cookie("pass", answer["pass"], max_age=300, httponly=True)
        return response

    @app.get("/feed.xml")
    def rss() -> Response:
        return Response("".join(f"<item>{preview(key)}</item>" for key in KEYS), mimetype="application/rss+xml")

    @app.get("/sign-in")
    def sign_in() -> AnyResponse:
        session["state"] = token_urlsafe(16)
        query = urlencode({"to": f"{request.host_url}back", "state": session["state"]})
        return redirect(f"{os.environ['WAYS_SERVICE']}/connect?{query}", 303)

    @app.get("/back")
    def back() -> AnyResponse:
        if request.args["paywall_state"] == session.pop("state", None):
            session["reader"] = reader_token(request.args["paywall_code"])
        return redirect("/", 303)

    return app
