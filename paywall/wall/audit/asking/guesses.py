"""Addresses that sites are known to have, whether a page names them or not: `guesses.tsv`, and odd spellings."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlsplit

from paywall.wall.audit.asking.asks import Ask
from paywall.wall.audit.asking.site import Site
from paywall.wall.audit.surfaces import Surface

_FILE = Path(__file__).with_name("guesses.tsv")
_REWRITES = ("X-Original-URL", "X-Rewrite-URL")
_TWINS = ("", "www.", "m.", "amp.")


def guesses(site: Site, *surfaces: Surface, words: str = "") -> Iterator[Ask]:
    """Yield what may be there of some surfaces; `words` are what to search for."""
    for surface, kind, what in _guesses():
        url = _address(site, kind, what, words) if surface in surfaces else ""
        if url:
            yield Ask(surface, url)


def lists(site: Site) -> Iterator[Ask]:
    """Yield the front page, and the pages that the article's path lies below."""
    parts = [part for part in site.path.split("/") if part][:-1]
    yield Ask(Surface.LISTING, f"{site.origin}/")
    yield from (Ask(Surface.LISTING, f"{site.origin}/{'/'.join(parts[:n])}/") for n in range(len(parts), 0, -1))


def twins(site: Site) -> Iterator[Ask]:
    """Yield the page on hosts that sites have beside the one that was named: `www.`, `m.`, `amp.`, and without."""
    base = site.host.removeprefix("www.")
    for twin in _TWINS if site.has_name else ():
        if twin + base != site.host:
            yield Ask(Surface.VARIANT, site.url.replace(site.host, twin + base, 1))


def cacheable(site: Site) -> Iterator[Ask]:
    """Yield the page under addresses that nobody has asked for yet, some of which look like files."""
    yield Ask(Surface.CACHE, _address(site, "query", "leak-audit=1", ""))
    yield from (Ask(Surface.CACHE, f"{site.stem}{ending}") for ending in ("/leak-audit.css", ";leak-audit.png"))


def spellings(site: Site) -> Iterator[Ask]:
    """Yield the path as a server might take it for the same, and a rule in front of it for another one."""
    path = site.path.rstrip("/")
    head, _, last = path.rpartition("/")
    if not last:
        return
    written = (
        f"{head}/%{ord(last[0]):02x}{last[1:]}", f"{path}/" if site.path == path else path, f"{head}//{last}",
        f"{head}/./{last}", f"/x/..{path}", f"/{path}", f"{path};v=1", f"{path}%00", f"{path}%20", f"{path}.",
        f"{path}.html", f"{path}/index.html", f"{path}/a.css", f"{path}%2Fa.js", f"{path}?", f"{path}%3F", f"{path}%0A",
        path.upper(), f"{head}/{last.upper()}", f"{head}%2F{last}", f"/index.php{path}", f"{path}/%2e%2e/{last}",
        f"{head}/0{last}", f"{head}/{_wide(last)}",
    )  # fmt: skip
    for target in dict.fromkeys(written):
        yield Ask(Surface.SPELLING, site.origin + target, target=target)
    for name in _REWRITES:
        yield Ask(Surface.SPELLING, f"{site.origin}/", headers={name: path})


@cache
def _guesses() -> tuple[tuple[Surface, str, str], ...]:
    rows = (line.split("\t") for line in _FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return tuple((Surface[surface.upper()], kind, what) for surface, kind, what in rows)


def _address(site: Site, kind: str, what: str, words: str) -> str:
    """Return a guess as an address; empty where there is none, as for the ending of a front page."""
    if kind == "query":
        return f"{site.url}{'&' if urlsplit(site.url).query else '?'}{what}"
    if kind == "ending":
        return site.stem + what if site.stem != site.origin else ""
    if kind == "prefix":
        return site.origin + what + site.path
    names = {
        "slug": quote(site.slug),
        "path": site.path.rstrip("/"),
        "words": quote(words),
        "url": quote(site.url, safe=""),
    }
    return site.origin + what.format(**names)


def _wide(last: str) -> str:
    """Return a path's end with its last character as a wide one, as routers for numbers may take it."""
    return last[:-1] + (quote(chr(ord(last[-1]) + 0xFEE0)) if "!" <= last[-1] <= "~" else last[-1])
