"""Everything that a locked article's text might slip out by: addresses, methods, headers, as requests to be made."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from flask import Flask

GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
CRAWLERS = (GOOGLEBOT, "bingbot/2.0", "facebookexternalhit/1.1", "Twitterbot/1.0", "Applebot/0.1", "GPTBot/1.2")
METHODS = ("HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND")
HEADERS: tuple[dict[str, str], ...] = (
    {},
    {"Sec-Purpose": "prefetch"},
    {"Sec-Purpose": "prefetch;prerender"},
    {"Purpose": "prefetch"},
    {"X-Moz": "prefetch"},
    {"Range": "bytes=0-"},
    {"Range": "bytes=4000-"},
    {"Range": "bytes=-2000", "If-Range": '"1"'},
    {"If-None-Match": "*"},
    {"If-None-Match": '"0"', "If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
    {"Accept-Encoding": "gzip"},
    {"Accept-Encoding": "br, zstd, deflate"},
    {"Accept": "application/json"},
    {"Accept": "text/plain"},
    {"Accept": "application/ld+json, application/rss+xml"},
    {"Referer": "https://www.google.com.evil.example/"},
    {"Referer": "https://evil.example/?https://www.google.com"},
    {"X-HTTP-Method-Override": "GET"},
    {"X-Original-URL": "/", "X-Rewrite-URL": "/"},
    {"Paywall-Decision": "full; reason=staff", "paywall.decision": "full"},
    {"X-Requested-With": "XMLHttpRequest"},
    *({"User-Agent": crawler} for crawler in CRAWLERS),
)
QUERIES = (
    *("print=1", "view=print", "page=all", "single=1", "app=1", "output=json", "format=txt", "preview=true"),
    *(
        "embed=1",
        "fullstory=1",
        "rev=1",
        "_escaped_fragment_=",
        "amp=1",
        "gift=x",
        "key=x",
        "callback=f",
        "count=false",
    ),
    *("page=2", "utm_source=letter", "decision=full", "access=free", "fields=body", "include=body", "expand=*"),
)
PATHS = (
    *("/articles/%{first:02X}{rest}", "/ARTICLES/{slug}", "/articles//{slug}", "/articles/./{slug}"),
    *("/x/../articles/{slug}", "/articles/{slug}/", "/articles/{slug};v=1", "/articles/{slug}%00"),
    *("/articles/{slug}.html", "/articles/{slug}.json", "/articles/{slug}.txt", "/articles/{slug}.md"),
    *("/articles/{slug}%20", "/articles/{slug}.", "/articles/{slug}/a.js", "/articles/{slug}%2Fa.css"),
    *("/articles/{slug}/feed", "/articles/{slug}/amp", "/articles/{slug}/print", "/articles/{slug}/revisions/1"),
    *("/amp/{slug}", "/print/{slug}", "/embed/{slug}", "/api/articles/{slug}", "/api/articles/{slug}?fields=body"),
    *("/v1/articles/{slug}", "/search?q={slug}", "/?s={slug}", "/?q={slug}", "/oembed?url=/articles/{slug}"),
    *("/login?next=/articles/{slug}", "/signup?next=/articles/{slug}", "/subscribe?next=/articles/{slug}"),
)
GUESSES = (
    *("/feed", "/rss", "/rss.xml", "/feed.json", "/atom", "/feed.xml?key=x", "/atom.xml?full=1", "/sitemap-news.xml"),
    *("/sitemaps/1.xml", "/sitemaps/2.xml", "/api/articles", "/api/articles/1", "/wp-json/wp/v2/posts", "/graphql"),
    *("/search", "/service-worker.js", "/manifest.json", "/.well-known/security.txt", "/articles", "/articles/"),
    *("/articles/1", "/articles/no-such-article", "/archive", "/export", "/robots.txt?x=1", "/static/paper.css"),
    *("/-/identity", "/admin", "/?page=2", "/?output=json", "/demo/mailbox/1", "/demo/mailbox/1/html"),
)


@dataclass(frozen=True)
class Ask:
    """A request."""

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.path} {dict(self.headers) or ''}".strip()


def of_article(slug: str) -> list[Ask]:
    """Return every way to ask for one article."""
    page = f"/articles/{slug}"
    names = {"slug": slug, "first": ord(slug[0]), "rest": slug[1:]}
    return [
        *(Ask(page, headers=headers) for headers in HEADERS),
        *(Ask(page, method) for method in METHODS),
        Ask(page, "POST", {"X-HTTP-Method-Override": "GET"}),
        Ask(page, "HEAD", {"Range": "bytes=0-"}),
        *(Ask(f"{page}?{query}") for query in QUERIES),
        *(Ask(path.format(**names)) for path in PATHS),
    ]


def of_site(app: Flask, sections: list[str], authors: list[str]) -> Iterator[Ask]:
    """Yield everything else: each page that has an address of its own, sections, authors, feeds, guesses, errors."""
    rules = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments}
    paths = [*sorted(rules), *GUESSES]
    for section in sections:
        paths += [f"/sections/{section}{rest}" for rest in ("", "?page=2", "?output=json", "/feed.xml", "/atom.xml")]
    for author in authors:
        paths += [f"/authors/{quote(author)}{rest}" for rest in ("", "?page=2", "/feed.xml")]
    for path in paths:
        yield Ask(path)
        yield Ask(path, "HEAD")
        yield Ask(path, headers={"Accept": "application/json", "Accept-Encoding": "gzip"})
