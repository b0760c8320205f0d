"""A plain web page as an article: its text by a CSS selector, all else from what the page says of itself."""

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from paywall.articles.body.tangles import refuse_tangles
from paywall.articles.item import Item
from paywall.articles.reading.dates import guess_date
from paywall.articles.reading.structured_data import Said, read_structured_data
from paywall.articles.slugs import key_of_link
from paywall.articles.text import clean_line
from paywall.errors import BadInput

_NOT_TEXT = "script, style, template, noscript, nav, aside"


def check_selector(selector: str) -> None:
    """Raise BadInput for what is no CSS selector."""
    try:
        LexborHTMLParser("<p></p>").css(selector)
    except (SelectolaxError, UnicodeError, ValueError):
        raise BadInput("--body-selector", "no CSS selector") from None


def read_page(html: str, where: str, fallback_key: str, selector: str) -> Item:
    """Return the article of a page; several matches of the selector are one text, in their order."""
    refuse_tangles(html)
    tree = LexborHTMLParser(html.replace("\0", "").encode("utf-8", "ignore"))
    said = read_structured_data(node.text() for node in tree.css('script[type="application/ld+json"]'))
    link = _attribute(tree, "link[rel=canonical]", "href") or _meta(tree, "og:url")
    body = _body(tree, selector)
    return Item(
        where=where,
        key=key_of_link(link) or fallback_key,
        html=body,
        title=_title(tree, said),
        section=said.section or _meta(tree, "article:section"),
        is_section_sure=False,
        authors=said.authors or _authors(tree),
        language=_attribute(tree, "html", "lang") or _attribute(tree, "html", "xml:lang"),
        is_language_sure=False,
        link=link or None,
        published_at=guess_date(said.published_at) or guess_date(_published(tree)),
        updated_at=guess_date(said.updated_at) or guess_date(_meta(tree, "article:modified_time")),
    )


def _body(tree: LexborHTMLParser, selector: str) -> str:
    for node in tree.css(_NOT_TEXT):
        if node.parent is not None:
            node.decompose()
    found = tree.css(selector)
    if not found:
        raise BadInput("body", "nothing on the page matches the selector")
    seen = {node.mem_id for node in found}
    return "".join(node.html or "" for node in found if not is_inside(node, seen))


def is_inside(node: LexborNode, others: set[int]) -> bool:
    """Tell whether a node stands inside one of these, named by their `mem_id`."""
    parent = node.parent
    while parent is not None:
        if parent.mem_id in others:
            return True
        parent = parent.parent
    return False


def _title(tree: LexborHTMLParser, said: Said) -> str:
    heading, title = tree.css_first("h1"), tree.css_first("title")
    for candidate in (
        said.headline,
        _meta(tree, "og:title"),
        heading.text() if heading else "",
        title.text() if title else "",
    ):
        if line := clean_line(candidate):
            return line
    raise BadInput("title", "missing: the page has no headline, og:title, h1 or title")


def _authors(tree: LexborHTMLParser) -> tuple[str, ...]:
    name = _meta(tree, "author") or _meta(tree, "article:author")
    return (name,) if name and not name.lower().startswith(("http:", "https:")) else ()


def _published(tree: LexborHTMLParser) -> str:
    for name in ("article:published_time", "og:published_time", "datePublished", "pubdate", "date", "DC.date.issued"):
        if value := _meta(tree, name):
            return value
    return _attribute(tree, "time[datetime]", "datetime")


def _meta(tree: LexborHTMLParser, name: str) -> str:
    selector = f'meta[property="{name}"], meta[name="{name}"], meta[itemprop="{name}"]'
    return _attribute(tree, selector, "content")


def _attribute(tree: LexborHTMLParser, selector: str, name: str) -> str:
    node = tree.css_first(selector)
    return clean_line(node.attributes.get(name) or "") if node else ""
