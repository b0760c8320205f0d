"""Addresses in scripts and attributes that pages fetch by themselves; where a script puts a name in, ours is put in."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import quote, urlsplit

from selectolax.lexbor import LexborHTMLParser

from paywall.wall.audit.asking.asks import Answer, Ask
from paywall.wall.audit.asking.site import Site
from paywall.wall.audit.surfaces import Surface
from paywall.wall.traces import resolved

MOST = 40
_MOST_NAMES = 4
_QUOTED = re.compile(
    r"""(["'`])((?:https?://|\.{0,2}/)?[\w.~%@:-]+(?:/[\w.~%@:${}()\[\]*+-]*)*(?:\?[^"'`\s<>]*)?)\1(\s*\+)?"""
)
_TELLS_DATA = re.compile(
    r"/(?:api|ajax|rest|graphql|wp-json|content|article|articles|story|stories|post|posts|body|bodies|text|texts|data|full|"
    r"fragment|fragments|partial|partials|premium|export|v\d+)(?:/|\?|$)|\.(?:json|txt|md|xml|vtt|srt|ndjson|html?)(?:\?|$)",
    re.IGNORECASE,
)
_ASSET = re.compile(
    r"\.(?:css|m?js|png|jpe?g|gif|webp|avif|svg|ico|woff2?|ttf|eot|mp4|webm|mp3|zip|gz|map|wasm)$", re.IGNORECASE
)
_JOINED = re.compile(r"""["'`]\s*\+\s*[\w.$()\[\]]+\s*\+\s*["'`]""")
_HOLE = re.compile(r"\$\{[^}]*\}|\{[\w.]+\}|\[\w+\]|:(?:id|slug|article|post|story)\b")
_SERVICE_WORKER = re.compile(r"""serviceWorker\s*\.\s*register\(\s*["'`]([^"'`]+)""")
_NEXT_BUILD = re.compile(r'"buildId"\s*:\s*"([\w.-]+)"')
_GHOST_KEY = re.compile(r'data-key="([0-9a-f]{20,32})"')
_IDENTIFIER = re.compile(
    r"""["']?(?:article|post|story|content|node|page)?_?-?id["']?\s*[:=]\s*["']?([\w-]{1,64})""", re.IGNORECASE
)
_BODY_ID = re.compile(r"\b(?:postid|post|article|node|story)-(\d+)\b")


def candidates_in(answers: list[Answer], page: Answer, site: Site) -> list[Ask]:
    """Return what the page and its scripts name, so many at most, the likeliest first."""
    names = _names(page, site)
    found = dict.fromkeys(_of_frameworks(page, site))
    for answer in answers:
        text = resolved(answer.text)
        for raw in [*_attributes(answer), *_in_quotes(text)]:
            found.update(dict.fromkeys(_filled(raw, names)))
    urls = dict.fromkeys(
        url for raw in found if (url := site.resolve(raw, page.url)) and not _ASSET.search(urlsplit(url).path)
    )
    likely = sorted(urls, key=lambda url: not any(name in url for name in names))
    return [Ask(Surface.CANDIDATE, url) for url in likely[:MOST]]


def workers_in(answer: Answer, site: Site) -> Iterator[Ask]:
    """Yield the service workers that a page or script registers."""
    for found in _SERVICE_WORKER.findall(answer.text):
        url = site.resolve(found, site.url)
        if url:
            yield Ask(Surface.WORKER, url)


def _names(page: Answer, site: Site) -> list[str]:
    """Return what scripts may call the article: its slug, numbers in its address, ids that the page tells."""
    tree, text = LexborHTMLParser(page.text), page.text
    told = [value for node in tree.css("*") for name, value in node.attributes.items() if value and _is_id(name)]
    in_address = re.findall(r"\d+", site.path) + re.findall(r"=([\w-]+)", urlsplit(site.url).query)
    classes = _BODY_ID.findall((tree.body.attributes.get("class") if tree.body else "") or "")
    every = [site.slug, *told[:3], *classes, *in_address[::-1], *_IDENTIFIER.findall(text)[:3]]
    return list(dict.fromkeys(one for one in every if one and len(one) <= 100))[:_MOST_NAMES]


def _is_id(name: str) -> bool:
    return name.startswith("data-") and name.endswith(("id", "slug", "paywall", "article", "post", "story"))


def _of_frameworks(page: Answer, site: Site) -> Iterator[str]:
    path, text = site.path.rstrip("/"), page.text
    for build in _NEXT_BUILD.findall(text)[:1]:
        yield f"/_next/data/{build}{path or '/index'}.json"
    for key in _GHOST_KEY.findall(text)[:1]:
        yield f"/ghost/api/content/posts/slug/{quote(site.slug)}/?key={key}&formats=html,plaintext"


def _attributes(answer: Answer) -> Iterator[str]:
    if answer.is_page:
        for node in LexborHTMLParser(answer.text).css("*"):
            for name, value in node.attributes.items():
                if (
                    value
                    and (name.startswith(("data-", "hx-", "up-")) or name == "src")
                    and "/" in value
                    and " " not in value
                ):
                    yield unescape(value)


def _in_quotes(text: str) -> Iterator[str]:
    for match in _QUOTED.finditer(_JOINED.sub("${name}", text)):
        found, goes_on = match[2], bool(match[3])
        if "/" in found or found.endswith((".json", ".txt")):
            if goes_on and found.endswith(("/", "=")):
                yield found + "${name}"
            yield found


def _filled(raw: str, names: list[str]) -> Iterator[str]:
    """Yield an address with our names in its holes; nothing where it tells no data."""
    if not _TELLS_DATA.search(raw) and not any(name in raw for name in names if len(name) > 3):
        return
    if _HOLE.search(raw):
        yield from (_HOLE.sub(quote(name), raw) for name in names)
    else:
        yield raw
