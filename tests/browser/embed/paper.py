"""The publisher's own site: a page as the guide has it, and the guide's content endpoint."""

import random
import threading
from dataclasses import dataclass, field

from flask import Flask, Response, request
from werkzeug.datastructures import MultiDict

from tests.browser.embed import guide

PARAGRAPH = "The ferry that left at six came back at nine with nobody on board but the man who sells tea. " * 6
NOUNS = (
    "herons anchors lanterns buoys ropes barrels gulls pilots ledgers kettles oars sails crates "
    "nets maps coats whistles ladders"
).split()
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">{head}
<link rel="stylesheet" href="/paper.css{style}"></head>
<body><h1>{title}</h1><main>{body}</main><footer><p>The end of the page.</p></footer></body></html>"""
CSS = (
    "body { margin: 0 auto; max-width: 36rem; padding: 1rem; font: 18px/1.5 serif } :root { color-scheme: light dark } "
)
RULES = """<script type="speculationrules">
{"prerender": [{"source": "list", "urls": ["/story/%s"], "eagerness": "immediate"}]}</script>"""
LEAVING = """<script>
fetch('/leaving', {method: 'POST'}).then(() => document.querySelector('a').click())</script>"""


def preview(article: str) -> str:
    """The one sentence of an article that everybody may read."""
    return f"The preview of {article} is anybody’s to read."


def canary(article: str) -> str:
    """The last sentence of an article: no two have a phrase in common."""
    return f"{' '.join(random.Random(article).sample(NOUNS, 14))}: the end of {article}."


def rest(article: str) -> str:
    """What follows the preview, as HTML."""
    return f"<p id='rest'>The rest of {article} begins here.</p><p>{PARAGRAPH}</p><p>{canary(article)}</p>"


@dataclass
class Paper:
    """The site. What a page is to be like is asked for in its query."""

    wall: str
    key: str
    slug: str
    may_leave: threading.Event = field(default_factory=threading.Event)
    """When the reader of a front page that leaves by itself goes on."""
    site: Flask = field(init=False)

    def __post_init__(self) -> None:
        names = {"__name__": __name__, "opens": guide.opens(self.wall, self.slug), "rest_of": rest}
        self.site = guide.content_site(names)
        self.site.add_url_rule("/story/<article>", "story", self._story)
        self.site.add_url_rule("/front/<article>", "front", self._front)
        self.site.add_url_rule("/leaving", "leaving", self._leave, methods=["POST"])
        self.site.add_url_rule("/paper.css", "css", self._css)
        self.site.add_url_rule("/favicon.ico", "icon", lambda: Response(mimetype="image/x-icon"))

    def _story(self, article: str) -> Response:
        wanted = request.args
        body = "".join(self._element(one, wanted) for one in [article, *wanted.getlist("also")])
        style = "?line=1" if "line" in wanted else ""
        page = PAGE.format(title=f"Title of {article}", head=wanted.get("head", ""), body=body, style=style)
        response = Response(page)
        if "policy" in wanted:
            response.headers["Content-Security-Policy"] = guide.policy(self.wall) + wanted["policy"]
        return response

    def _element(self, article: str, wanted: MultiDict[str, str]) -> str:
        lines = guide.html(
            {
                guide.WALL: self.wall,
                guide.KEY: self.key,
                guide.ARTICLE: article,
                guide.PREVIEW: wanted.get("begins", preview(article)),
                guide.HOSTED: article,
            }
        )
        if "by" in wanted:
            lines = lines.replace(f'data-paywall="{article}"', f'data-paywall="{wanted["by"]}"')
        if "own" in wanted:
            lines = lines.replace("data-paywall=", f"{guide.OWN_CONTENT} data-paywall=")
        return lines

    def _front(self, article: str) -> Response:
        link = f'<a href="/story/{article}">Read</a>'
        leaving = LEAVING if "leaves" in request.args else ""
        return Response(PAGE.format(title="Front", head=RULES % article + leaving, body=link, style=""))

    def _leave(self) -> str:
        self.may_leave.wait()
        return ""

    def _css(self) -> Response:
        return Response(CSS + (guide.example("css") if "line" in request.args else ""), mimetype="text/css")
