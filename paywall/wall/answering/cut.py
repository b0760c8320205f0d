"""A site that sends whole articles: each answer is looked at on its way out, and cut unless a decision opens it.

An article is known by the answer's `Paywall-Article`, by the marker comment, or by the publisher's selector. What
carries the first or the second is never sent whole without a decision, whatever goes wrong.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from structlog import get_logger

from paywall.gate.decision import ArticleName, Verdict
from paywall.wall.answering.data import cut_data
from paywall.wall.answering.found import (
    Unreadable,
    file_of_the_server,
    is_data,
    is_marked,
    is_nothing_of_ours,
    is_packed_oddly,
    is_page,
    is_partial,
    may_be_page,
    unpacked,
)
from paywall.wall.answering.headers import (
    NOTHING_TO_PREFETCH,
    UNDECIDED,
    gated,
    gated_stream,
    is_prefetch,
    refused,
    with_extras,
    without,
)
from paywall.wall.answering.pages import Pages
from paywall.wall.answering.shelf import Shelf, place_of
from paywall.wall.answering.source import Source
from paywall.wall.answering.steps import Ask, Body, Head, Judge, Kind, Own, Pass, Read, Steps
from paywall.wall.variants import Page

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

log = get_logger()
MOST_BYTES = 16 * 1024 * 1024
OWN_PREFIX = "/_paywall/"
_OF_THE_BODY = frozenset({"content-length", "content-encoding", "content-type", "transfer-encoding"})
_OF_ONE_BODY = frozenset({"etag", "content-md5", "digest", "content-digest", "repr-digest"})

Answer = Generator[Any, Any, Page | Pass]


@dataclass(slots=True)
class _Visit:
    """One request, and the answer of the application inside."""

    environ: "WSGIEnvironment"
    head: Head
    body: Body
    source: Source


class CutSite:
    """Answers for a foreign site. Safe to share between threads."""

    def __init__(self, pages: Pages, keep_seconds: float, *, skip: tuple[str, ...], shuts_unknown: bool) -> None:
        self._pages, self._shelf = pages, Shelf(keep_seconds)
        self._skip, self._shuts_unknown = skip, shuts_unknown

    def forget_all(self) -> None:
        """Have every page fetched and cut anew."""
        self._shelf.forget_all()
        self._pages.forget_all()

    def steps(self, environ: "WSGIEnvironment") -> Steps:
        """Answer one request."""
        path, method = environ.get("PATH_INFO", ""), environ["REQUEST_METHOD"]
        if path.startswith(OWN_PREFIX):
            page: Page = yield Own()
            return page
        if self._skip and path.startswith(self._skip) and not _leads_elsewhere(path):
            return Pass((yield Ask(Kind.AS_IT_CAME)).headers)
        place = place_of(environ)
        kept = (yield from self._shelf.take(place)) if method in ("GET", "HEAD") else None
        if kept is not None:
            visit = _Visit(environ, Head(kept.status, kept.headers), Body(kept.source.content), kept.source)
            answer = yield from self._page(visit)
            if answer is not None:
                return answer
        return (yield from self._from_inside(environ, place.address))

    def _from_inside(self, environ: "WSGIEnvironment", address: str) -> Answer:
        path, method = environ.get("PATH_INFO", ""), environ["REQUEST_METHOD"]
        is_askable = method in ("GET", "HEAD")  # again, should the first answer be packed oddly
        wants_page = "text/html" in environ.get("HTTP_ACCEPT", "")
        first: Head = yield Ask(Kind.UNPACKED if wants_page or not is_askable else Kind.AS_IT_CAME)
        if is_nothing_of_ours(first, path):
            return Pass(first.headers)
        file = file_of_the_server(first)
        if is_marked(first) and (file is not None or not (is_page(first) or is_data(first))):
            return (yield from self._media(environ, first, address))
        if file is not None and is_page(first) and may_be_page(file):
            return _stopped("the web server is to send it, past the wall", address)
        asks_again = is_askable and (is_partial(first, method) or is_packed_oddly(first))
        head = (yield Ask(Kind.WHOLE)) if asks_again else first
        answer = None if is_nothing_of_ours(head, path) else (yield from self._looked_into(environ, head, address))
        if answer is not None:
            return answer
        return Page(first.status, first.headers, b"") if method == "HEAD" or first.code == 304 else Pass(head.headers)

    def _looked_into(self, environ: "WSGIEnvironment", head: Head, address: str) -> Generator[Any, Any, Page | None]:
        """Read an answer, and return what is sent in its place; None where it is nothing of ours."""
        body: Body = yield Read(MOST_BYTES)
        try:
            visit = _Visit(environ, head, body, Source(head, unpacked(head, body), address))
            looks_like_page = is_page(head) or visit.source.is_xhtml
            return (yield from (self._page(visit) if looks_like_page else self._data(visit)))
        except Unreadable:
            return _stopped("it can't be looked into", address)

    def _page(self, visit: _Visit) -> Generator[Any, Any, Page | None]:
        looked = self._pages.look(visit.source)
        if looked.name is None:
            return None
        verdict = yield from self._judged(visit.environ, looked.name)
        if verdict is None and not looked.is_marked and not self._shuts_unknown:
            return None
        verdict = verdict or UNDECIDED
        yield from self._shelf.put(place_of(visit.environ), visit.head, visit.environ["REQUEST_METHOD"])
        if is_prefetch(visit.environ) and not verdict.decision.is_full:
            return NOTHING_TO_PREFETCH
        shown = self._pages.shown(visit.source, verdict)
        return _as_it_came(visit, verdict) if shown is None else _rewritten(visit, verdict, shown)

    def _data(self, visit: _Visit) -> Generator[Any, Any, Page | None]:
        """Return what is sent in the place of a feed or the like; None where no marker is in it."""
        named = visit.head.header("paywall-article")
        verdict: Verdict | None = None
        if named is not None:
            verdict = yield from self._judged(visit.environ, ArticleName(named, visit.source.address))
            if verdict is not None and verdict.decision.is_full:
                return _as_it_came(visit, verdict)
        has_marker = self._pages.rules.marker_pattern.search(visit.source.text) is not None
        if named is None and not has_marker:
            return None
        cut = cut_data(visit.source.text, self._pages.rules, visit.head.media_type) if has_marker else None
        if cut is None:
            return _stopped("it holds a marker and can't be cut", visit.source.address, verdict or UNDECIDED)
        content = cut.encode("utf-8", "replace")
        return _of_data(visit.head, content) if named is None else _of_one_reader(visit.head, content, verdict)

    def _media(self, environ: "WSGIEnvironment", head: Head, address: str) -> Answer:
        """Let a marked answer through, whatever it is, to who may have it."""
        name = ArticleName(head.header("paywall-article") or "", address)
        verdict = (yield from self._judged(environ, name)) or UNDECIDED
        if not verdict.decision.is_full:
            return NOTHING_TO_PREFETCH if is_prefetch(environ) else refused(verdict)
        return Pass(with_extras(gated_stream(head, verdict.decision), verdict))

    def _judged(self, environ: "WSGIEnvironment", name: ArticleName) -> Generator[Any, Any, Verdict | None]:
        verdict: Verdict | None = yield Judge(name, environ["REQUEST_METHOD"] == "GET" and not is_prefetch(environ))
        return verdict


def _leads_elsewhere(path: str) -> bool:
    """Tell whether a path may be taken for another one, as servers of files do: /admin/../news/tides."""
    return "/." in path or "//" in path or "\\" in path


def _stopped(why: str, address: str, verdict: Verdict = UNDECIDED) -> Page:
    log.error("an answer was stopped", why=why, address=address, most_bytes=MOST_BYTES)
    return refused(verdict)


def _of_data(head: Head, body: bytes) -> Page:
    kept = without(head.headers, _OF_THE_BODY, _OF_ONE_BODY, frozenset({"paywall-article"}))
    typed = ("Content-Type", f"{head.media_type}; charset=utf-8")
    return Page(head.status, [*kept, typed, ("Content-Length", str(len(body)))], body)


def _of_one_reader(head: Head, body: bytes, verdict: Verdict | None) -> Page:
    """Return what is cut of data that another reader may get whole: no cache may keep it."""
    page, verdict = _of_data(head, body), verdict or UNDECIDED
    headers = gated(page.headers, len(body), verdict.decision, keeps_cookies=True)
    return page._replace(headers=with_extras(headers, verdict))


def _as_it_came(visit: _Visit, verdict: Verdict) -> Page:
    headers = gated(visit.head.headers, len(visit.body.content), verdict.decision, keeps_cookies=True)
    return Page(visit.head.status, with_extras(headers, verdict), visit.body.content)


def _rewritten(visit: _Visit, verdict: Verdict, content: bytes) -> Page:
    kept = [*without(visit.head.headers, _OF_THE_BODY), ("Content-Type", "text/html; charset=utf-8")]
    headers = gated(kept, len(content), verdict.decision, keeps_cookies=True)
    return Page(visit.head.status, with_extras(headers, verdict), content)
