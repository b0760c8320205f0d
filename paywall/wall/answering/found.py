"""What an answer of a foreign site is: nothing of ours, a page that holds an article, or data that may hold some."""

import re
import zlib
from typing import NamedTuple
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from paywall.articles.body.tangles import refuse_tangles
from paywall.errors import BadInput
from paywall.gate.decision import ArticleName
from paywall.wall.answering.source import Source
from paywall.wall.answering.steps import Body, Head
from paywall.wall.cutting.marks import Marks, find_marks
from paywall.wall.cutting.nodes import walk
from paywall.wall.cutting.rules import CutRules

HTML = frozenset({"text/html", "application/xhtml+xml", "text/vnd.turbo-stream.html"})
_DATA = re.compile(
    r"application/(?:[\w.+-]*\+|x-nd|nd|x-)?(?:json(?:-seq|l|lines)?|xml)|text/(?:xml|plain|markdown|json)"
).fullmatch
_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+", re.ASCII).fullmatch
_GUESSED = frozenset({"*/*", "unknown/unknown", "application/unknown"})
_PAGE_FILE = re.compile(r"(?:\.x?s?html?|(?:^|/)[^/.]*)(?:\?.*)?$", re.IGNORECASE).search
_FILES = ("x-accel-redirect", "x-sendfile", "x-lighttpd-send-file", "x-lighttpd-send2file")
_PACKINGS = frozenset({"identity", "gzip", "x-gzip", "deflate"})
_PARTS = "multipart/byteranges"
_MOST_UNPACKED = 32 * 1024 * 1024
_FEW_TAGS = 5_000
_UNSEEN = "script, style, template, noscript, iframe, noembed, noframes, xmp, plaintext"
_TYPED = frozenset({"value", "placeholder"})
_ARTICLE_META = 'meta[name="paywall:article"], meta[property="paywall:article"]'
_ASSET = re.compile(
    r"\.(?:css|js|mjs|map|png|jpe?g|gif|webp|avif|svg|ico|woff2?|ttf|otf|mp[34]|webm|pdf)$", re.IGNORECASE
)


class Unreadable(Exception):
    """A body that is packed in a way that can't be undone, too large, or tangled: what it holds can't be known."""


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
    return head.media_type in HTML or not _TYPE(head.media_type) or head.media_type in _GUESSED


def is_data(head: Head) -> bool:
    """Tell whether the answer is a feed or the like, which may hold articles, too."""
    return bool(_DATA(head.media_type))


def is_marked(head: Head) -> bool:
    """Tell whether the application says itself that this answer shows an article."""
    return head.header("paywall-article") is not None


def file_of_the_server(head: Head) -> str | None:
    """Return which file the web server in front is told to send in the place of the body, which passes us by."""
    return next((found for name in _FILES if (found := head.header(name)) is not None), None)


def may_be_page(file: str) -> bool:
    """Tell whether a file may be HTML, by its name."""
    return _PAGE_FILE(file) is not None


def is_nothing_of_ours(head: Head, path: str) -> bool:
    """Tell from its head that an answer can't hold an article."""
    if is_marked(head):
        return False
    if head.code == 304:
        return _ASSET.search(path) is not None
    if head.code == 204:
        return True
    return not (is_page(head) or is_data(head) or head.media_type == _PARTS)


def is_partial(head: Head, method: str) -> bool:
    """Tell whether an answer may be a part of what is to be looked at, or tell of it: HEAD, ranges, conditions."""
    return (method == "HEAD" and not 300 <= head.code < 400) or head.code in (206, 304, 412, 416)


def is_packed_oddly(head: Head) -> bool:
    """Tell whether the body is packed in a way that can't be undone here."""
    return (head.header("content-encoding") or "identity").strip().lower() not in _PACKINGS


def unpacked(head: Head, body: Body) -> bytes:
    """Return the body without its packing; raises Unreadable."""
    packing = (head.header("content-encoding") or "identity").strip().lower()
    if not body.is_whole:
        raise Unreadable
    if packing == "identity" or not body.content:
        return body.content
    if packing not in _PACKINGS:
        raise Unreadable
    try:
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib, whichever it is
        content = unpacker.decompress(body.content, _MOST_UNPACKED)
    except zlib.error:
        raise Unreadable from None
    if unpacker.unconsumed_tail or unpacker.unused_data or not unpacker.eof:
        raise Unreadable
    return content


def find_article(source: Source, rules: CutRules) -> Found | None:
    """Look for an article in a page; None where there is none. Raises Unreadable for a tangled page."""
    html = source.html
    has_marker = rules.marker_pattern.search(html) is not None
    if not (has_marker or rules.selector or source.article is not None):
        return None
    _refuse_tangles(html)
    tree = LexborHTMLParser(html)
    marks = find_marks(tree, rules, has_marker=has_marker)
    is_said = bool(marks.comments) or source.article is not None or (has_marker and _is_hidden_in(tree, rules))
    if not (marks.is_there or is_said):
        return None
    return Found(_name(source, tree), tree, marks, html, is_said)


def _refuse_tangles(source: str) -> None:
    """Most pages have so few tags that they can't be tangled badly."""
    if source.count("<") > _FEW_TAGS:
        try:
            refuse_tangles(source)
        except BadInput:
            raise Unreadable from None


def _is_hidden_in(tree: LexborHTMLParser, rules: CutRules) -> bool:
    """Tell whether the marker stands where no reader sees it: outside of the body, in an attribute, for scripts.

    In a text area or a field it is an editor's.
    """
    if any(rules.marker_pattern.search(node.html or "") for node in tree.css(_UNSEEN)):
        return True
    top = tree.root.parent if tree.root else None
    return top is not None and any(_says_marker(node, rules) for node in walk(top))


def _says_marker(node: LexborNode, rules: CutRules) -> bool:
    if node.is_comment_node:
        return rules.is_marker(node.comment_content or "")
    said = node.attributes.items() if node.is_element_node else ()
    return any(value and rules.marker_pattern.search(value) for name, value in said if name not in _TYPED)


def _name(source: Source, tree: LexborHTMLParser) -> ArticleName:
    """Return the article's id as the answer or the page says it, and its address as the page says it."""
    meta = tree.css_first(_ARTICLE_META)
    named = source.article or (meta.attributes.get("content") if meta else None) or ""
    link = tree.css_first('head link[rel~="canonical"][href]')
    canonical = (link.attributes.get("href") if link else None) or ""
    return ArticleName(named.strip(), _joined(source.address, canonical.strip()))


def _joined(address: str, link: str) -> str:
    try:
        return urljoin(address, link) if link else address
    except ValueError:
        return address
