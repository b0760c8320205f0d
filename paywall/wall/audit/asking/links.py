"""What a page names: its AMP twin, feeds, oEmbed, print version, sections, other articles, scripts, a search."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, quote, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from paywall.wall.audit.asking.asks import Answer, Ask
from paywall.wall.audit.asking.site import Site
from paywall.wall.audit.surfaces import Surface

_FEED_TYPES = ("rss+xml", "atom+xml", "feed+json", "rdf+xml")
_PRINTS = re.compile(r"\bprint|druck|imprim|\bamp\b", re.IGNORECASE)
_LOCATION = re.compile(r"<loc>\s*(?:<!\[CDATA\[\s*)?([^<\s\]]+)", re.IGNORECASE)
_NAMED_SITEMAP = re.compile(r"^[ \t]*sitemap:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
_ENTRY_LINK = re.compile(r"""<link>\s*([^<\s]+)|<link[^<>]+href=["']([^"'<>]+)|"url"\s*:\s*"([^"]+)""", re.IGNORECASE)
_ASSET = re.compile(r"\.(?:css|js|mjs|png|jpe?g|gif|webp|avif|svg|ico|woff2?|ttf|mp4|mp3|zip|gz|map)$", re.IGNORECASE)
_SEARCH_NAMES = ("q", "s", "query", "search", "text", "keys")
_FEED = re.compile(r"\b(?:rss|atom|feeds?)\b|\.(?:rss|atom|rdf)\b", re.IGNORECASE)
_MOST_FEEDS = 8
_MOST_SCRIPTS, _MOST_LISTS, _MOST_OWN, _MOST_SHEETS = 10, 6, 12, 3
MOST_SITEMAPS = 6


def named_by(answer: Answer, site: Site) -> Iterator[Ask]:
    """Yield the article's other addresses that its page names, in tags and in the Link header."""
    tree = LexborHTMLParser(answer.text)
    for node in tree.css("link[href], a[rel][href]"):
        yield from _by_relation(node, answer, site)
    for relation, url in _link_header(answer):
        yield from _asked(_surface_of(relation, "", ""), url, answer, site)
    yield from _own_addresses(tree, answer, site)
    yield from feeds_in(answer, site)
    yield from scripts_in(answer, site)
    sheets = _urls(tree.css("link[rel~=stylesheet][href]"), answer, site)[:_MOST_SHEETS]
    yield from (Ask(Surface.SCRIPT, url) for url in sheets)
    crumbs = tree.css("[class*=breadcrumb] a[href], a[rel~=tag], a[rel~=author], [itemprop=articleSection] a[href]")
    yield from (Ask(Surface.LISTING, url) for url in _urls(crumbs, answer, site)[:_MOST_LISTS])


def scripts_in(answer: Answer, site: Site) -> Iterator[Ask]:
    """Yield the script files of a page."""
    nodes = LexborHTMLParser(answer.text).css("script[src]")
    yield from (Ask(Surface.SCRIPT, url) for url in _urls(nodes, answer, site)[:_MOST_SCRIPTS])


def feeds_in(answer: Answer, site: Site) -> Iterator[Ask]:
    """Yield the feeds that a page links to for people: by their address, or by what the link says."""
    nodes = LexborHTMLParser(answer.text).css("a[href]")
    feeds = [node for node in nodes if _FEED.search(f"{node.attributes['href']} {node.text()[:40]}")]
    yield from (Ask(Surface.FEED, url) for url in _urls(feeds, answer, site)[:_MOST_FEEDS])


def articles_in(answer: Answer, site: Site) -> list[str]:
    """Return addresses in a page, feed or sitemap that look like other articles of the site, the likeliest first."""
    found = _addresses(answer)
    urls = dict.fromkeys(url for one in found if (url := site.resolve(one, answer.url)))
    alike = [url for url in urls if _is_like(url, site)]
    return sorted(alike, key=lambda url: _likeness(url, site), reverse=True)


def sitemaps_in(answer: Answer) -> list[str]:
    """Return the sitemaps that robots.txt, or an index of sitemaps, names: news first."""
    text = answer.text
    found = _NAMED_SITEMAP.findall(text)
    if "<sitemapindex" in text[:2_000].lower():
        found += _LOCATION.findall(text)
    return sorted(dict.fromkeys(found), key=lambda url: "news" not in url)[:MOST_SITEMAPS]


def searches_in(answer: Answer, site: Site, words: str) -> Iterator[Ask]:
    """Yield the site's own search for some words, where the page has a form for it."""
    for form in LexborHTMLParser(answer.text).css("form"):
        fields = form.css("input[type=search][name], input[type=text][name], input:not([type])[name]")
        names = [field.attributes["name"] for field in fields]
        name = next((name for name in names if name in _SEARCH_NAMES), None)
        url = site.resolve(form.attributes.get("action") or "", answer.url)
        if name and url and (form.attributes.get("method") or "get").lower() == "get":
            yield Ask(Surface.SEARCH, f"{url.partition('?')[0]}?{name}={quote(words)}")


def _by_relation(node: LexborNode, answer: Answer, site: Site) -> Iterator[Ask]:
    told = node.attributes
    shape = told.get("media") or told.get("hreflang") or ""
    surface = _surface_of((told.get("rel") or "").lower(), (told.get("type") or "").lower(), shape)
    yield from _asked(surface, told.get("href") or "", answer, site)


def _surface_of(relation: str, kind: str, shape: str) -> Surface | None:
    by_relation = {"amphtml": Surface.AMP, "manifest": Surface.WORKER, "shortlink": Surface.VARIANT}
    if relation in by_relation:
        return by_relation[relation]
    if relation != "alternate":
        return Surface.CANDIDATE if relation in ("preload", "prefetch") and "json" in kind else None
    if "oembed" in kind:
        return Surface.OEMBED
    if kind.endswith(_FEED_TYPES):
        return Surface.FEED
    if "print" in shape:
        return Surface.PRINT
    return Surface.REST if kind and "html" not in kind else Surface.VARIANT if shape else None


def _asked(surface: Surface | None, found: str, answer: Answer, site: Site) -> Iterator[Ask]:
    url = site.resolve(found, answer.url) if surface and found else None
    if surface and url:
        yield Ask(surface, url)


def _link_header(answer: Answer) -> Iterator[tuple[str, str]]:
    for match in re.finditer(r'<([^<>]+)>[^,<]*?rel="?([\w-]+)', answer.header("link") or ""):
        yield match[2].lower(), match[1]


def _own_addresses(tree: LexborHTMLParser, answer: Answer, site: Site) -> Iterator[Ask]:
    """Yield links that lead to the same article elsewhere: their address holds its name, or says `print`."""
    urls: dict[str, Surface] = {}
    for node in tree.css("a[href], iframe[src], source[src], track[src], object[data]"):
        told = node.attributes
        url = site.resolve(told.get("href") or told.get("src") or told.get("data") or "", answer.url)
        if url is None or url in (site.url, answer.url) or _ASSET.search(urlsplit(url).path):
            continue
        is_print = bool(_PRINTS.search(f"{url} {told.get('class') or ''} {told.get('rel') or ''}"))
        if is_print or (site.slug and site.slug in urlsplit(url).path + urlsplit(url).query):
            urls.setdefault(url, Surface.PRINT if is_print else Surface.VARIANT)
    yield from (Ask(surface, url) for url, surface in list(urls.items())[:_MOST_OWN])


def _urls(nodes: list[LexborNode], answer: Answer, site: Site) -> list[str]:
    """Return what nodes lead to, on the site, each once."""
    found = (node.attributes.get("href") or node.attributes.get("src") or "" for node in nodes)
    return list(dict.fromkeys(url for one in found if one and (url := site.resolve(one, answer.url))))


def _addresses(answer: Answer) -> list[str]:
    if answer.is_page:
        nodes = LexborHTMLParser(answer.text).css("a[href]")
        return [node.attributes.get("href") or "" for node in nodes]
    text = answer.text
    return _LOCATION.findall(text) + [one for found in _ENTRY_LINK.findall(text) for one in found if one]


def _is_like(url: str, site: Site) -> bool:
    """Tell whether an address may be another article: as deep as ours, of another name, and no file."""
    path, ours = urlsplit(url).path.rstrip("/"), site.path.rstrip("/")
    if path.rpartition("/")[2] == ours.rpartition("/")[2]:
        return path == ours and _is_other_query(urlsplit(url).query, urlsplit(site.url).query)
    return path.count("/") == ours.count("/") and len(path) > 1 and not _ASSET.search(path)


def _is_other_query(theirs: str, ours: str) -> bool:
    """Tell whether a query names another article, where articles are named by queries: the same keys, other values."""
    names, values = dict(parse_qsl(theirs)), dict(parse_qsl(ours))
    return bool(values) and names.keys() == values.keys() and names != values


def _likeness(url: str, site: Site) -> tuple[int, int]:
    """Return how much an address is like ours: common beginning of the path, and how long its name is."""
    theirs, ours = urlsplit(url).path.split("/"), site.path.split("/")
    same = next((n for n, (one, other) in enumerate(zip(theirs, ours, strict=False)) if one != other), len(ours))
    return same, min(theirs[-1].count("-") + theirs[-1].count("_"), 3)
