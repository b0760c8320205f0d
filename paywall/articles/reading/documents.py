"""Files that hold one article each: Markdown and HTML, with front matter or as plain pages."""

import re
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from paywall.articles.body.markup import plain_text
from paywall.articles.body.sanitise import clean_html
from paywall.articles.item import Item
from paywall.articles.reading import front_matter
from paywall.articles.reading.pages import read_page
from paywall.errors import BadInput

LONGEST_MARKDOWN = 1_000_000
_TITLE = re.compile(r"\s*<h1>(.*?)</h1>", re.DOTALL)
_MARKDOWN = MarkdownIt("commonmark", {"html": True, "typographer": False}).enable("table")


def read_markdown(text: str, where: str, fallback_key: str) -> Item:
    """Return the article of a Markdown file; its title may stand in a heading of the first level instead."""
    fields, source = front_matter.split(text)
    if len(source) > LONGEST_MARKDOWN:
        raise BadInput("body", f"longer than {LONGEST_MARKDOWN:,} characters")
    html = _render(source)
    fields = fields or {}
    heading = _TITLE.match(html)
    if heading and not fields.get("title"):
        fields["title"] = plain_text(clean_html(heading[1]))
        html = html[heading.end() :]
    return _item(fields, html, where, fallback_key)


def read_html(text: str, where: str, fallback_key: str, selector: str | None) -> Item:
    """Return the article of an HTML file: what follows its front matter, or the `selector`'s part of a page."""
    fields, source = front_matter.split(text)
    if fields is not None:
        return _item(fields, source, where, fallback_key)
    if selector is None:
        raise BadInput("body", "no front matter; for plain pages name the place of the text with --body-selector")
    return read_page(source, where, fallback_key, selector)


def _item(fields: dict[str, Any], html: str, where: str, fallback_key: str) -> Item:
    if not fields.get("title"):
        raise BadInput("title", "missing")
    key = fields.pop("key", "") or fields.get("slug") or fallback_key
    return Item(where=where, key=key, html=html, **fields)


def _render(source: str) -> str:
    tokens = _MARKDOWN.parse(source)
    for token in tokens:
        _align_by_class(token)
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


def _align_by_class(token: Token) -> None:
    """Styles are not let through, classes named right and center are."""
    style = token.attrGet("style") if token.type in {"td_open", "th_open"} else None
    if style:
        token.attrs.pop("style")
        token.attrSet("class", str(style).removeprefix("text-align:"))
