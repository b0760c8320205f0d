"""The wall itself: WSGI middleware that answers gated article pages, from memory where it can.

`app.wsgi_app = Paywall(app.wsgi_app, check)` is all there is to installing it. The application inside renders an
article in full only if `environ["paywall.decision"]` is a full Decision, and marks every answer that shows an article
with `Paywall-Article` (its id) and `Paywall-Version`; a marked answer that was not asked for by the wall never leaves.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from structlog import get_logger

from paywall.gate.decision import Decision, Extent, Prompt, Reason, Verdict
from paywall.wall.inward import Reply, ask, environ_for_a_page
from paywall.wall.variants import Page, PageKey, Variants

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = get_logger()
PREFIX = "/articles/"
_slug = re.compile(r"[a-z0-9-]+").fullmatch
_ALLOW = ("Allow", "GET, HEAD, OPTIONS")
_NO_STORE = ("Cache-Control", "private, no-store")
_NOT_PASSED_ON = frozenset(
    {
        "paywall-article",
        "paywall-version",
        "paywall-decision",
        "set-cookie",
        "etag",
        "last-modified",
        "accept-ranges",
        "cache-control",
        "expires",
        "pragma",
        "vary",
        "content-length",
        "connection",
        "keep-alive",
        "transfer-encoding",
    }
)
UNDECIDED = Verdict(Decision(Extent.PREVIEW, Reason.DATABASE_UNAVAILABLE, Prompt.TRY_AGAIN), 0, "", "")
"""What holds when the check itself fails: never a full page by accident."""


class Check(Protocol):
    """Decides on a request for the article at `slug`; None leaves the answer (404, 410) to the application inside.

    With `counts` false nothing may be spent on the request, and only what is open already may open.
    """

    def __call__(self, environ: "WSGIEnvironment", slug: str, *, counts: bool) -> Verdict | None:
        """Return the verdict."""
        ...


class Paywall:
    """Stands around a WSGI application. Safe to share between threads."""

    def __init__(self, application: "WSGIApplication", check: Check, *, variants: Variants | None = None) -> None:
        self._application = application
        self._check = check
        self._variants = variants or Variants()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        path = "/" + environ.get("PATH_INFO", "").lstrip("/")  # routers make one slash of many
        if path.startswith(PREFIX) and _slug(path, len(PREFIX)):
            return self._gated(environ, path[len(PREFIX) :], start_response)
        return self._ungated(environ, start_response)

    def forget_all(self) -> None:
        """Have every page rendered anew: to be called when something changed that any page may show."""
        self._variants.forget_all()

    def _gated(self, environ: "WSGIEnvironment", slug: str, start_response: "StartResponse") -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        if method not in ("GET", "HEAD"):
            return _other_method(method, start_response)
        is_prefetch = _is_prefetch(environ)
        verdict = self._ask_check(environ, slug, counts=method == "GET" and not is_prefetch)
        if verdict is None:
            return self._ungated(environ, start_response)
        if is_prefetch and not verdict.decision.is_full:
            start_response("503 Service Unavailable", [_NO_STORE, ("Vary", "Cookie"), ("Content-Length", "0")])
            return []
        page = self._page(environ, verdict)
        start_response(page.status, _with_extras(page.headers, verdict))
        return [page.body] if method == "GET" else []

    def _ask_check(self, environ: "WSGIEnvironment", slug: str, *, counts: bool) -> Verdict | None:
        try:
            return self._check(environ, slug, counts=counts)
        except Exception:
            log.exception("the check failed, the article stays shut", slug=slug)
            return UNDECIDED

    def _page(self, environ: "WSGIEnvironment", verdict: Verdict) -> Page:
        """Return the page for the verdict: the one kept, else a newly rendered one, else what was kept before."""
        decision, article_id, version, language, _, _ = verdict
        key = PageKey(article_id, version, language, decision)
        kept = self._variants.get(key)
        if kept is not None:
            return kept
        page = self._render(environ, verdict, key)
        if page.status.startswith("5"):
            instead = self._variants.instead(key)
            return page if instead is None else instead._replace(headers=_for_decision(instead.headers, decision))
        return page

    def _render(self, environ: "WSGIEnvironment", verdict: Verdict, key: PageKey) -> Page:
        generation = self._variants.generation
        reply = ask(self._application, environ_for_a_page(environ, verdict.decision))
        marked, version = reply.header("paywall-article"), reply.header("paywall-version")
        if verdict is not UNDECIDED and marked not in (None, str(verdict.article_id)):
            log.error("another article came than the one decided on", asked=verdict.article_id, came=marked)
            reply.close()
            return _NOT_FOUND
        is_ok = reply.status.startswith("200")
        sets_cookie = reply.header("set-cookie") is not None
        page = _page_of(reply, verdict.decision if is_ok else None, generation)
        if is_ok and marked and version == verdict.version and not sets_cookie and verdict is not UNDECIDED:
            self._variants.keep(key, page)
        return page

    def _ungated(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Pass a request on as it came. An article that comes back all the same is stopped here."""
        reply = ask(self._application, environ)
        if reply.header("paywall-article") is None:
            start_response(reply.status, reply.headers)
            return reply.body
        log.error("an article left the application ungated, and was stopped", path=environ.get("PATH_INFO"))
        reply.close()
        start_response(_NOT_FOUND.status, list(_NOT_FOUND.headers))
        return [_NOT_FOUND.body] if environ["REQUEST_METHOD"] != "HEAD" else []


def _is_prefetch(environ: "WSGIEnvironment") -> bool:
    return (
        "prefetch" in environ.get("HTTP_SEC_PURPOSE", "")
        or "prefetch" in environ.get("HTTP_PURPOSE", "")
        or "prefetch" in environ.get("HTTP_X_MOZ", "")
    )


def _other_method(method: str, start_response: "StartResponse") -> Iterable[bytes]:
    status = "204 No Content" if method == "OPTIONS" else "405 Method Not Allowed"
    length = [] if method == "OPTIONS" else [("Content-Length", "0")]
    start_response(status, [_ALLOW, _NO_STORE, *length])
    return []


def _page_of(reply: Reply, decision: Decision | None, generation: int) -> Page:
    """Read the whole reply and put our headers in the place of those that would tell caches too much."""
    body = reply.whole_body()
    headers = [pair for pair in reply.headers if pair[0].lower() not in _NOT_PASSED_ON]
    headers += [_NO_STORE, ("Vary", "Cookie"), ("Content-Length", str(len(body)))]
    if decision is not None:
        headers = _for_decision(headers, decision)
    return Page(reply.status, headers, body, generation)


def _for_decision(headers: list[tuple[str, str]], decision: Decision) -> list[tuple[str, str]]:
    return [*(pair for pair in headers if pair[0] != "Paywall-Decision"), ("Paywall-Decision", decision.header)]


def _with_extras(headers: list[tuple[str, str]], verdict: Verdict) -> list[tuple[str, str]]:
    """Return a copy of the page's headers, with what belongs to this answer alone."""
    if not verdict.cookies and not verdict.degraded:
        return headers.copy()
    extras = [("Set-Cookie", cookie) for cookie in verdict.cookies]
    if verdict.degraded:
        extras.append(("Paywall-Degraded", verdict.degraded))
    return headers + extras


_NOT_FOUND = Page(
    "404 Not Found",
    [("Content-Type", "text/plain; charset=utf-8"), _NO_STORE, ("Content-Length", "11")],
    b"Not found.\n",
)
