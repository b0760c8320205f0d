"""A publisher's own site to measure the middleware around: the baseline's article, alone and behind the wall."""

import os
from typing import TYPE_CHECKING

from flask import Flask, Response, make_response, render_template
from jinja2 import DictLoader

from bench.baselines import PAGE, SECTIONS, article_of
from bench.newspaper import ARTICLES, slug
from paywall.local import LocalPaywall
from paywall.wall import Paywall, RemoteCheck

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_CUT = "div.article-body"
_KEEP_SECONDS = 300.0
"""As long as our own newsroom keeps its pages."""


def alone() -> Flask:
    """Return the site as it is."""
    return _site(says_version=True)


def local() -> "WSGIApplication":
    """Return the site with the whole product around it."""
    return LocalPaywall(_site(says_version=True).wsgi_app, cut=_CUT, keep_seconds=_KEEP_SECONDS)


def local_without_version() -> "WSGIApplication":
    """Return the same, where every page is rendered anew and looked into."""
    return LocalPaywall(_site(says_version=False).wsgi_app, cut=_CUT)


def remote() -> "WSGIApplication":
    """Return the site with the wall alone, which asks the service."""
    check = RemoteCheck(os.environ["BENCH_SERVICE"], os.environ["BENCH_KEY"])
    return Paywall(_site(says_version=True).wsgi_app, check, cut=_CUT, keep_seconds=_KEEP_SECONDS)


def _site(*, says_version: bool) -> Flask:
    app = Flask("paper", static_folder=None)
    page = PAGE.replace("{{ article.body | safe }}", '<div class="article-body">{{ article.body | safe }}</div>')
    app.jinja_loader = DictLoader({"article.html": page})
    articles = {slug(number): (number, article_of(number)) for number in range(ARTICLES)}

    @app.get("/paper/<name>")
    def article(name: str) -> Response:
        number, found = articles[name]
        response = make_response(render_template("article.html", article=found, sections=SECTIONS))
        response.headers["Paywall-Article"] = f"story-{number}"
        if says_version:
            response.headers["Paywall-Version"] = "1"
        return response

    return app
