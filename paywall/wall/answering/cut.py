"""A site that sends whole articles: each answer is looked at on its way out, and cut unless a decision opens it.

An article is known by the answer's `Paywall-Article`, by the marker comment, or by the publisher's selector. What
carries the first or the second is never sent whole without a decision, whatever goes wrong. Pages with a
`Paywall-Version` are fetched without anything of who asks, and kept for a while, whole and as they were cut.
"""

import time
from collections.abc import Generator
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from structlog import get_logger

from paywall.gate.decision import ArticleName, Reason, Verdict
from paywall.wall.answering.data import cut_data
from paywall.wall.answering.found import Found, Unreadable, find_article, is_data, is_marked, is_page, unpacked
from paywall.wall.answering.headers import (
    NO_STORE,
    NOTHING_TO_PREFETCH,
    UNDECIDED,
    VARY,
    for_decision,
    gated,
    is_prefetch,
    with_extras,
    without,
)
from paywall.wall.answering.inviting import Inviting
from paywall.wall.answering.steps import Ask, Body, Head, Judge, Kind, Own, Pass, Read, Steps
from paywall.wall.cutting.charset import text_of
from paywall.wall.cutting.page import NotCut, cut_page, with_wall_told
from paywall.wall.cutting.rules import CutRules
from paywall.wall.variants import Page, PageKey, Variants

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

log = get_logger()
MOST_BYTES = 16 * 1024 * 1024
OWN_PREFIX = "/_paywall/"
_MOST_KNOWN = 10_000
_OF_THE_BODY = frozenset({"content-length", "content-encoding", "content-type", "transfer-encoding"})
_UNSAFE_PARTS = frozenset({"multipart/byteranges"})


class _Known(NamedTuple):
    """A page that was fetched as nobody, with the version it had; `until` is of the monotonic clock."""

    name: ArticleName
    version: str
    until: float


class CutSite:
    """Answers for a foreign site. Safe to share between threads."""

    def __init__(self, rules: CutRules, inviting: Inviting, variants: Variants, keep_seconds: float) -> None:
        self._rules, self._inviting = rules, inviting
        self._variants, self._keep_seconds = variants, keep_seconds
        self._known: dict[str, _Known] = {}

    def forget_all(self) -> None:
        """Have every page fetched and cut anew."""
        self._known.clear()
        self._variants.forget_all()

    def steps(self, environ: "WSGIEnvironment") -> Steps:
        """Answer one request."""
        if environ.get("PATH_INFO", "").startswith(OWN_PREFIX):
            page: Page = yield Own()
            return page
        address = address_of(environ)
        known = self._known.get(address) if environ["REQUEST_METHOD"] in ("GET", "HEAD") else None
        if known and time.monotonic() < known.until:
            answer = yield from self._from_memory(environ, known, address)
            if answer is not None:
                return answer
        return (yield from self._from_inside(environ, address))

    def _from_memory(self, environ: "WSGIEnvironment", known: _Known, address: str) -> Generator[Any, Any, Page | None]:
        """Judge first, and send the page as it was cut for this decision; None where it was not yet."""
        verdict = yield from self._judged(environ, known.name)
        if verdict is None:
            return None
        if is_prefetch(environ) and not verdict.decision.is_full:
            return NOTHING_TO_PREFETCH
        kept = self._variants.get(_key(address, known.version, verdict))
        if kept is None:
            fetched: Head = yield Ask(Kind.NOBODY)
            kept = yield from self._page(environ, fetched, address, verdict)
        return kept and kept._replace(headers=with_extras(kept.headers, verdict))

    def _from_inside(self, environ: "WSGIEnvironment", address: str) -> Steps:
        head: Head = yield Ask(Kind.UNPACKED)
        if head.code in (204, 301, 302, 303, 304, 307, 308) and not is_marked(head):
            return Pass(head.headers)
        if not (is_page(head) or is_data(head) or is_marked(head) or head.media_type in _UNSAFE_PARTS):
            return Pass(head.headers)
        if _is_partial(environ, head):
            head = yield Ask(Kind.WHOLE)
        page = yield from self._page(environ, head, address, None)
        return page if page is not None else Pass(head.headers)

    def _page(
        self, environ: "WSGIEnvironment", head: Head, address: str, verdict: Verdict | None
    ) -> Generator[Any, Any, Page | None]:
        """Return what is sent in the place of an answer; None where the answer is nothing of ours."""
        body: Body = yield Read(MOST_BYTES)
        try:
            content = unpacked(head, body)
        except Unreadable:
            log.warning("an answer can't be looked into, and was stopped", address=address)
            return _REFUSED
        if is_data(head):
            return self._data(head, content)
        if not is_page(head):
            return _REFUSED
        found = find_article(head, content, address, self._rules)
        if found is None:
            return None if environ["REQUEST_METHOD"] != "HEAD" else _as_it_was(head, body)
        return (yield from self._article(environ, head, body, found, verdict))

    def _article(
        self, environ: "WSGIEnvironment", head: Head, body: Body, found: Found, verdict: Verdict | None
    ) -> Generator[Any, Any, Page | None]:
        address = address_of(environ)
        if verdict is None:
            verdict = yield from self._judged(environ, found.name)
            if verdict is None and not found.is_marked:
                return _as_it_was(head, body) if environ["REQUEST_METHOD"] == "HEAD" else None
            verdict = verdict or _UNKNOWN
        if is_prefetch(environ) and not verdict.decision.is_full:
            return NOTHING_TO_PREFETCH
        version = head.header("paywall-version")
        if version is not None:
            self._remember(address, found.name, version)
        generation = self._variants.generation
        page = self._shown(head, body, found, verdict)._replace(generation=generation)
        if version is not None and head.header("set-cookie") is None:
            self._variants.keep(_key(address, version, verdict), page)
        return page._replace(headers=with_extras(page.headers, verdict))

    def _shown(self, head: Head, body: Body, found: Found, verdict: Verdict) -> Page:
        decision = verdict.decision
        if decision.is_full and decision.reason is not Reason.VERIFIED_CRAWLER:
            content = unpacked(head, body)
            return Page(head.status, _headers(head, len(content), verdict, None), content)
        html = with_wall_told(found.tree, self._rules, found.source) if decision.is_full else self._cut(found, verdict)
        content = html.encode("utf-8", "replace")
        return Page(head.status, _headers(head, len(content), verdict, "text/html; charset=utf-8"), content)

    def _cut(self, found: Found, verdict: Verdict) -> str:
        if not found.marks.is_there:
            return _SHUT.format(invitation=self._inviting(verdict))
        try:
            cut = cut_page(found.tree, found.marks, self._rules, found.source)
        except NotCut:
            log.exception("a page could not be cut clean, only its invitation is sent", article=found.name)
            return _SHUT.format(invitation=self._inviting(verdict))
        return f"{cut.before}{self._inviting(verdict)}{cut.after}"

    def _data(self, head: Head, content: bytes) -> Page | None:
        text = text_of(content, head.header("content-type") or "")
        if self._rules.marker_pattern.search(text) is None:
            return _REFUSED if is_marked(head) else None
        cut = cut_data(text, self._rules, is_json="json" in head.media_type)
        if cut is None:
            log.error("data holds a marker where it can't be cut, and was stopped")
            return _REFUSED
        body = cut.encode("utf-8", "replace")
        kept = without(head.headers, _OF_THE_BODY, frozenset({"etag", "content-md5", "digest"}))
        return Page(head.status, [*kept, _utf8(head), ("Content-Length", str(len(body)))], body)

    def _judged(self, environ: "WSGIEnvironment", name: ArticleName) -> Generator[Any, Any, Verdict | None]:
        verdict: Verdict | None = yield Judge(name, environ["REQUEST_METHOD"] == "GET" and not is_prefetch(environ))
        return verdict

    def _remember(self, address: str, name: ArticleName, version: str) -> None:
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[address] = _Known(name, version, time.monotonic() + self._keep_seconds)


def address_of(environ: "WSGIEnvironment") -> str:
    """Return the whole address that was asked for."""
    query = environ.get("QUERY_STRING", "")
    path = quote((environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1", "replace"))
    return f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST', '')}{path}" + (f"?{query}" if query else "")


def _is_partial(environ: "WSGIEnvironment", head: Head) -> bool:
    """Tell whether the answer may be a part of what is to be looked at, or hides it: HEAD, ranges, errors of those."""
    return environ["REQUEST_METHOD"] == "HEAD" or head.code in (206, 412, 416)


def _key(address: str, version: str, verdict: Verdict) -> PageKey:
    invitation = hash(verdict.invitation)
    return PageKey(invitation, f"{version} {address}", verdict.language, verdict.decision)


def _headers(head: Head, size: int, verdict: Verdict, content_type: str | None) -> list[tuple[str, str]]:
    kept = without(head.headers, frozenset({"content-encoding"}))
    if content_type is not None:
        kept = [*without(kept, frozenset({"content-type"})), ("Content-Type", content_type)]
    return gated(kept, size, verdict.decision, keeps_cookies=True)


def _as_it_was(head: Head, body: Body) -> Page:
    """Return the answer to a HEAD that was asked as a GET: nothing of ours, with the length it has."""
    kept = without(head.headers, frozenset({"content-length", "transfer-encoding"}))
    return Page(head.status, [*kept, ("Content-Length", str(len(body.content)))], body.content)


def _utf8(head: Head) -> tuple[str, str]:
    return ("Content-Type", f"{head.media_type}; charset=utf-8")


_UNKNOWN = Verdict(UNDECIDED.decision, 0, "", "")
_SHUT = (
    '<!doctype html><html><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>For subscribers</title><body>{invitation}</body></html>"
)
_WORDS = b"Not to be read so.\n"
_CLOSED = [("Content-Type", "text/plain; charset=utf-8"), NO_STORE, VARY, ("Content-Length", str(len(_WORDS)))]
_REFUSED = Page("403 Forbidden", for_decision(_CLOSED, UNDECIDED.decision), _WORDS)
