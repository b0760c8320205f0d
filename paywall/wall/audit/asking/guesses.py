"""Addresses that sites are known to have, whether a page names them or not."""

from collections.abc import Iterator
from urllib.parse import quote, urlsplit

from paywall.wall.audit.asking.asks import Ask
from paywall.wall.audit.asking.site import Site
from paywall.wall.audit.surfaces import Surface

_AMP_QUERIES = ["amp", "amp=1", "outputType=amp"]
_PRINT_QUERIES = [
    "print=1",
    "print=true",
    "print",
    "view=print",
    "format=print",
    "page=all",
    "single=1",
    "singlepage=1",
    "fullstory=1",
    "full=1",
]
_VARIANT_QUERIES = [
    "app=1",
    "embed=1",
    "embedded=true",
    "preview=true",
    "reader=1",
    "mode=reader",
    "m=1",
    "mobile=1",
    "rev=1",
    "version=1",
    "_escaped_fragment_=",
    "gift=1",
    "share=1",
    "unlocked=1",
    "free=1",
    "subscriber=1",
    "nopaywall=1",
    "paywall=0",
    "utm_source=newsletter",
    "ref=rss",
    "fields=body",
    "include=body",
    "expand=*",
    "page=2",
    "callback=f",
    "lite=1",
    "noscript=1",
]
_REST_QUERIES = [
    "output=json",
    "format=json",
    "json=1",
    "_format=json",
    "format=txt",
    "format=md",
    "format=xml",
    "outputType=json",
    "_data=root",
]
_PRINT_ENDINGS = ("/print", "/print/", "/drucken", "/all", "/full")
_REST_ENDINGS = (
    ".json",
    ".txt",
    ".md",
    ".xml",
    "/json",
    "/_payload.json",
    "/__data.json",
    "/index.json",
    "/embed",
    "/raw",
)
_VARIANT_ENDINGS = ("/1", "/2", "/page/2", "/revisions/1", "/comments", "/m", "/lite", ".pdf")
_FEEDS = [
    "/feed",
    "/feed/",
    "/rss",
    "/rss.xml",
    "/feed.xml",
    "/atom.xml",
    "/index.xml",
    "/feed.json",
    "/feed/json",
    "/feed/atom",
    "/atom",
    "/feeds/all.atom.xml",
    "/rss/feed",
    "/feeds",
    "/?feed=rss2",
]
_SITEMAPS = [
    "/sitemap.xml",
    "/sitemap_index.xml",
    "/sitemap-news.xml",
    "/news-sitemap.xml",
    "/sitemap.xml.gz",
    "/wp-sitemap.xml",
    "/sitemap.txt",
]
_FOR_MACHINES = ["/llms.txt", "/llms-full.txt", "/humans.txt", "/ai.txt", "/.well-known/llms.txt", "/index.md"]
_WORKERS = ["/sw.js", "/service-worker.js", "/manifest.json", "/manifest.webmanifest", "/site.webmanifest"]
_INTERFACES = [
    "/api/articles/{slug}",
    "/api/articles",
    "/api/article/{slug}",
    "/api/posts/{slug}",
    "/api/posts",
    "/api/v1/articles/{slug}",
    "/api/v1/articles",
    "/v1/articles/{slug}",
    "/api/content/{slug}",
    "/api/stories/{slug}",
    "/api{path}",
    "/content/{slug}",
    "/wp-json/wp/v2/posts?slug={slug}",
    "/wp-json/wp/v2/posts",
    "/?rest_route=/wp/v2/posts&slug={slug}",
    "/ghost/api/content/posts/slug/{slug}/",
    "/page-data{path}/page-data.json",
    "/articles.json",
    "/posts.json",
    "/data/{slug}.json",
]
_EMBEDS = [
    "/oembed?url={url}&format=json",
    "/wp-json/oembed/1.0/embed?url={url}",
    "/services/oembed?url={url}",
    "/api/oembed?url={url}",
]
_SEARCHES = ["/search?q={words}", "/?s={words}", "/search?query={words}"]


def amp(site: Site) -> Iterator[Ask]:
    """Yield where an AMP page may be."""
    yield from (Ask(Surface.AMP, _with_query(site, query)) for query in _AMP_QUERIES)
    yield from (Ask(Surface.AMP, url) for url in _with_endings(site, ("/amp", "/amp/", ".amp", ".amp.html")))
    yield Ask(Surface.AMP, f"{site.origin}/amp{site.path}")


def prints(site: Site) -> Iterator[Ask]:
    """Yield where a version for printing, or all on one page, may be."""
    yield from (Ask(Surface.PRINT, _with_query(site, query)) for query in _PRINT_QUERIES)
    yield from (Ask(Surface.PRINT, url) for url in _with_endings(site, _PRINT_ENDINGS))
    yield Ask(Surface.PRINT, f"{site.origin}/print{site.path}")


def variants(site: Site) -> Iterator[Ask]:
    """Yield the page with parameters and endings that mean something somewhere."""
    yield from (Ask(Surface.VARIANT, _with_query(site, query)) for query in _VARIANT_QUERIES)
    yield from (Ask(Surface.VARIANT, url) for url in _with_endings(site, _VARIANT_ENDINGS))
    yield from (Ask(Surface.VARIANT, f"{site.origin}{prefix}{site.path}") for prefix in ("/m", "/embed", "/mobile"))
    yield from (Ask(Surface.VARIANT, url) for url in _twins(site))


def rest(site: Site) -> Iterator[Ask]:
    """Yield where the article may be told as data."""
    yield from (Ask(Surface.REST, _with_query(site, query)) for query in _REST_QUERIES)
    yield from (Ask(Surface.REST, url) for url in _with_endings(site, _REST_ENDINGS))
    names = {"slug": quote(site.slug), "path": site.path.rstrip("/")}
    yield from (Ask(Surface.REST, site.origin + path.format(**names)) for path in _INTERFACES)


def feeds(site: Site) -> Iterator[Ask]:
    """Yield where feeds may be."""
    yield from (Ask(Surface.FEED, site.origin + path) for path in _FEEDS)
    yield from (Ask(Surface.FEED, url) for url in _with_endings(site, ("/feed", "/feed/", "/rss")))


def sitemaps(site: Site) -> Iterator[Ask]:
    """Yield where sitemaps may be."""
    return (Ask(Surface.SITEMAP, site.origin + path) for path in _SITEMAPS)


def files(site: Site) -> Iterator[Ask]:
    """Yield files for machines: for models, for service workers."""
    yield from (Ask(Surface.FOR_MACHINES, site.origin + path) for path in _FOR_MACHINES)
    yield from (Ask(Surface.WORKER, site.origin + path) for path in _WORKERS)


def embeds(site: Site) -> Iterator[Ask]:
    """Yield where oEmbed may be answered."""
    url = quote(site.url, safe="")
    return (Ask(Surface.OEMBED, site.origin + path.format(url=url)) for path in _EMBEDS)


def searches(site: Site, words: str) -> Iterator[Ask]:
    """Yield searches for some words."""
    return (Ask(Surface.SEARCH, site.origin + path.format(words=quote(words))) for path in _SEARCHES)


def lists(site: Site) -> Iterator[Ask]:
    """Yield the front page, and the pages that the article's path lies below."""
    parts = [part for part in site.path.split("/") if part][:-1]
    yield Ask(Surface.LISTING, f"{site.origin}/")
    yield from (Ask(Surface.LISTING, f"{site.origin}/{'/'.join(parts[:n])}/") for n in range(len(parts), 0, -1))


def cacheable(site: Site) -> Iterator[Ask]:
    """Yield the page under addresses that nobody has asked for yet, some of which look like files."""
    yield Ask(Surface.CACHE, _with_query(site, "leak-audit=1"))
    yield from (Ask(Surface.CACHE, url) for url in _with_endings(site, ("/leak-audit.css", ";leak-audit.png")))


def spellings(site: Site) -> Iterator[Ask]:
    """Yield the path as a server might take it for the same, and a rule in front of it for another one."""
    path = site.path.rstrip("/") or "/"
    head, _, last = path.rpartition("/")
    if not last:
        return
    written = (
        f"{head}/%{ord(last[0]):02x}{last[1:]}", f"{path}/" if site.path == path else path, f"{head}//{last}",
        f"{head}/./{last}", f"/x/..{path}", f"/{path}", f"{path};v=1", f"{path}%00", f"{path}%20", f"{path}.",
        f"{path}.html", f"{path}/index.html", f"{path}/a.css", f"{path}%2Fa.js", f"{path}?", f"{path}%3F", f"{path}%0A",
        path.upper(), f"{head}/{last.upper()}", f"{head}%2F{last}", f"/index.php{path}", f"{path}/%2e%2e/{last}",
    )  # fmt: skip
    for target in dict.fromkeys(written):
        yield Ask(Surface.SPELLING, site.origin + target, target=target)
    for name in ("X-Original-URL", "X-Rewrite-URL"):
        yield Ask(Surface.SPELLING, f"{site.origin}/", headers={name: path})


def _with_query(site: Site, query: str) -> str:
    return f"{site.url}{'&' if urlsplit(site.url).query else '?'}{query}"


def _with_endings(site: Site, endings: tuple[str, ...]) -> Iterator[str]:
    plain = site.path.rstrip("/").removesuffix(".html")
    return (f"{site.origin}{plain}{ending}" for ending in endings if plain)


def _twins(site: Site) -> Iterator[str]:
    """Yield the page on the host with `www.` or without it."""
    if site.host.count(".") and not site.host.replace(".", "").isdigit():
        twin = site.host.removeprefix("www.") if site.host.startswith("www.") else f"www.{site.host}"
        yield site.url.replace(site.host, twin, 1)
