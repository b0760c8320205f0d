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
MOST_OF_LISTS = 20
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
_PAGED = re.compile(rf"(?:(?<=[?&])(?:page|paged|pg)=|/page/)(\d{{1,5}}|{_HOLE.pattern})(?=[/&]|$)", re.IGNORECASE)
_OFFSET = re.compile(rf"(?<=[?&])(?:offset|start|skip|from)=(\d{{1,5}}|{_HOLE.pattern})(?=&|$)", re.IGNORECASE)
_USUAL_LENGTH = 10
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


def further_in(lists: list[Answer], scripts: list[Answer], page: Answer, site: Site) -> list[Ask]:
    """Return what front page and lists fetch to show more of themselves: ours may be on any of their first pages."""
    names = _names(page, site)
    named = [(raw, answer.url) for answer in lists for raw in _in_list(answer)]
    named += [(raw, site.url) for answer in scripts for raw in _in_quotes(resolved(answer.text)) if _is_paged(raw)]
    found = [
        site.resolve(one, base)
        for raw, base in sorted(named, key=lambda one: not _is_paged(one[0]))
        for one in _with_our_names(raw, names)
    ]
    urls = dict.fromkeys(url for url in found if url and not _ASSET.search(urlsplit(url).path))
    return [Ask(Surface.CANDIDATE, url) for url in list(urls)[:MOST_OF_LISTS]]


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


def _in_list(answer: Answer) -> list[str]:
    """Return what a list fetches, by its attributes and scripts; its links are other articles."""
    scripts = "\n".join(node.text() for node in LexborHTMLParser(answer.text).css("script"))
    every = (*_attributes(answer), *_in_quotes(resolved(scripts)))
    return [raw for raw in every if _is_paged(raw) or _TELLS_DATA.search(raw)]


def _is_paged(raw: str) -> bool:
    return bool(_PAGED.search(raw) or _OFFSET.search(raw))


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
    yield from _with_our_names(raw, names)


def _with_our_names(raw: str, names: list[str]) -> Iterator[str]:
    for address in _numbered(raw):
        if _HOLE.search(address):
            yield from (_HOLE.sub(quote(name), address) for name in names)
        else:
            yield address


def _numbered(raw: str) -> list[str]:
    """Return the address of one page of a list as those of its first pages, and itself; any other as it is."""
    for pattern, usual in ((_PAGED, 1), (_OFFSET, _USUAL_LENGTH)):
        match = pattern.search(raw)
        if match:
            told = int(match[1]) if match[1].isdigit() else usual
            numbers = (told, 1, 2, 3) if pattern is _PAGED else (told, 0, 2 * told)
            return [f"{raw[: match.start(1)]}{number}{raw[match.end(1) :]}" for number in dict.fromkeys(numbers)]
    return [raw]
