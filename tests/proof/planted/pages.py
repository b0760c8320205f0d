"""What The Lighthouse Post's answers are made of: the page around everything, teasers, excerpts, feed items."""

import json
import re
from collections.abc import Iterable

from flask import Response, request
from markupsafe import Markup, escape

from tests.proof.planted.stories import STORIES, Story

STYLE = "body{max-width:40em;margin:auto;font:18px Georgia,serif}nav a{margin-right:1em}.blur{filter:blur(5px)}"
SCRIPT = """document.querySelector('[data-more]')?.addEventListener('click', async (event) => {
  const answer = await fetch(event.target.dataset.more);
  for (const story of (await answer.json()).stories) {
    event.target.insertAdjacentHTML('beforebegin', `<h2><a href="${story.url}">${story.title}</a></h2>${story.html}`);
  }
});
"""
UNBLUR = """
function unblur(text) {
  return [...text].map((c) => (c === ' ' ? c : String.fromCharCode(c.charCodeAt(0) - 1))).join('');
}
"""


def page(title: str, body: str, head: str = "") -> Response:
    sections = sorted({story.section for story in STORIES})
    nav = Markup().join(Markup('<a href="/section/{}">{}</a>').format(name.lower(), name) for name in sections)
    form = "<form action=/search><input name=query type=search placeholder='Search the Post'></form>"
    feed = '<link rel=alternate type="application/rss+xml" href="/feed.xml">'
    assets = "<link rel=stylesheet href=/static/post.css><script src=/static/post.js defer></script>"
    top = f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{escape(title)}</title>{feed}{assets}{head}"
    masthead = f"</head><body><header><a href=/>The Lighthouse Post</a><nav>{nav}</nav>{form}</header>"
    footer = "<footer><a href=/about>About us</a> <a href=/feed.xml>Feed</a> <a href=/sign-in>Sign in</a></footer>"
    return Response(f"{top}{masthead}<main><h1>{escape(title)}</h1>{body}</main>{footer}</body></html>")


def head(story: Story) -> Markup:
    url = request.url_root.rstrip("/") + story.path
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.title,
        "url": url,
    }
    data |= {"datePublished": str(story.day), "author": {"@type": "Person", "name": story.author}}
    part = {"@type": "WebPageElement", "isAccessibleForFree": not story.locked, "cssSelector": ".paywall"}
    facts = json.dumps(data | {"isAccessibleForFree": not story.locked, "hasPart": part}).replace("<", "\\u003c")
    tags = Markup(
        '<link rel=canonical href="{}"><meta property=og:title content="{}"><meta name=description content="{}">'
    )
    script = Markup('<script type="application/ld+json">') + Markup(facts) + Markup("</script>")  # noqa: S704 - escaped
    return tags.format(url, story.title, story.text[0]) + script


def teaser(story: Story, text: str = "") -> Markup:
    form = Markup('<article><h2><a href="{}">{}</a></h2><p>{}</p></article>')
    return form.format(story.path, story.title, text or story.text[0])


def paragraphs(text: Iterable[str]) -> Markup:
    return Markup().join(Markup("<p>{}</p>").format(paragraph) for paragraph in text)


def shifted(text: str) -> str:
    return "".join(letter if letter == " " else chr(ord(letter) + 1) for letter in text)


def feed_item(story: Story, text: tuple[str, ...]) -> Markup:
    url, content = request.url_root.rstrip("/") + story.path, paragraphs(text)
    form = "<item><title>{}</title><link>{}</link><guid>{}</guid><description>{}</description>{}</item>"
    whole = Markup("<content:encoded><![CDATA[{}]]></content:encoded>").format(content)
    return Markup(form).format(story.title, url, url, text[0], whole)  # noqa: S704 - a constant


def as_json(story: Story, text: tuple[str, ...]) -> dict[str, str]:
    return {"title": story.title, "url": story.path, "day": str(story.day), "html": str(paragraphs(text))}


def words_of(text: str) -> set[str]:
    return set(re.findall(r"\w{3,}", text.lower()))


def excerpt(text: tuple[str, ...], words: set[str]) -> Markup:
    """Return the two sentences with most of `words`, each of these marked; nothing where there is none of them."""
    sentences = [sentence for paragraph in text for sentence in re.split(r"(?<=\.) ", paragraph)]
    best = sorted(sentences, key=lambda sentence: -len(words & words_of(sentence)))[:2]
    return Markup(" … ").join(marked(sentence, words) for sentence in best if words & words_of(sentence))


def marked(sentence: str, words: set[str]) -> Markup:
    form = Markup("<mark>{}</mark>")
    parts = (form.format(part) if part.lower() in words else escape(part) for part in re.split(r"(\w+)", sentence))
    return Markup().join(parts)


def sitemap() -> Response:
    rows = [f"<url><loc>{request.url_root.rstrip('/')}{story.path}</loc></url>" for story in STORIES]
    start = '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return Response(start + "".join(rows) + "</urlset>", mimetype="application/xml")


def robots() -> Response:
    return Response(f"User-agent: *\nAllow: /\nSitemap: {request.url_root}sitemap.xml\n", mimetype="text/plain")
