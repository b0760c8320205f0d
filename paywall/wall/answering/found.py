"""What an answer of a foreign site is: nothing of ours, a page that holds an article, or data that holds one."""

import gzip
import re
import zlib
from typing import NamedTuple
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

from paywall.gate.decision import ArticleName
from paywall.wall.answering.steps import Body, Head
from paywall.wall.cutting.charset import text_of
from paywall.wall.cutting.marks import Marks, find_marks
from paywall.wall.cutting.rules import CutRules

HTML = frozenset({"text/html", "application/xhtml+xml"})
_DATA = re.compile(r"application/(?:[\w.+-]*\+)?(?:json|xml)|text/(?:xml|plain|json)").fullmatch
_MOST_UNPACKED = 32 * 1024 * 1024
_ARTICLE_META = 'meta[name="paywall:article"]'


class Unreadable(Exception):
    """A body that is packed in a way that can't be undone, or too large: what it holds can't be known."""


class Found(NamedTuple):
    """A page that holds an article."""

    name: ArticleName
    tree: LexborHTMLParser
    marks: Marks
    source: str
    is_marked: bool
    """By a header or a comment, not by the selector alone: it is an article whatever anybody knows of it."""


def is_page(head: Head) -> bool:
    """Tell whether the answer is HTML, which is looked into; what says no type is taken for it, as browsers do."""
    return head.media_type in HTML or not head.media_type


def is_data(head: Head) -> bool:
    """Tell whether the answer is a feed or the like, which may hold articles, too."""
    return bool(_DATA(head.media_type))


def is_marked(head: Head) -> bool:
    """Tell whether the application says itself that this answer shows an article."""
    return head.header("paywall-article") is not None


def unpacked(head: Head, body: Body) -> bytes:
    """Return the body without its packing; raises Unreadable."""
    packing = (head.header("content-encoding") or "identity").strip().lower()
    if not body.is_whole:
        raise Unreadable
    if packing == "identity":
        return body.content
    if packing not in ("gzip", "x-gzip"):
        raise Unreadable
    try:
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
        content = unpacker.decompress(body.content, _MOST_UNPACKED)
    except (zlib.error, gzip.BadGzipFile):
        raise Unreadable from None
    if unpacker.unconsumed_tail or unpacker.unused_data:
        raise Unreadable
    return content


def find_article(head: Head, content: bytes, address: str, rules: CutRules) -> Found | None:
    """Look for an article in a page at `address`; None where there is none."""
    source = text_of(content, head.header("content-type") or "")
    has_marker = rules.marker_pattern.search(source) is not None
    if not (has_marker or rules.selector or is_marked(head)):
        return None
    tree = LexborHTMLParser(source)
    marks = find_marks(tree, rules, has_marker=has_marker)
    if not (marks.is_there or has_marker or is_marked(head)):
        return None
    return Found(_name(head, tree, address), tree, marks, source, has_marker or is_marked(head))


def _name(head: Head, tree: LexborHTMLParser, address: str) -> ArticleName:
    """Return the article's id as the answer or the page says it, and its address as the page says it."""
    meta = tree.css_first(_ARTICLE_META)
    named = head.header("paywall-article") or (meta.attributes.get("content") if meta else None) or ""
    link = tree.css_first('link[rel~="canonical"][href]')
    canonical = (link.attributes.get("href") if link else None) or ""
    return ArticleName(named.strip(), urljoin(address, canonical.strip()) if canonical else address)
