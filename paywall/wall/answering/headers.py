"""The headers of gated answers: nothing by which a cache would keep them, the decision for machines to read."""

from typing import TYPE_CHECKING

from paywall.gate.decision import Decision, Extent, Prompt, Reason, Verdict
from paywall.wall.answering.steps import Head, Headers
from paywall.wall.variants import Page

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

NO_STORE = ("Cache-Control", "private, no-store")
VARY = ("Vary", "Cookie")
FOR_CRAWLERS = ("X-Robots-Tag", "noarchive, max-image-preview:large")
_ALLOW = ("Allow", "GET, HEAD, OPTIONS")
_OURS = frozenset({"paywall-article", "paywall-version", "paywall-decision"})
_OF_CACHES = frozenset(
    {"etag", "last-modified", "accept-ranges", "cache-control", "expires", "pragma", "vary", "age", "content-md5"}
    | {"surrogate-control", "surrogate-key", "edge-control", "x-accel-expires"}
    | {"digest", "content-digest", "repr-digest"}
)
_OF_CONNECTIONS = frozenset({"content-length", "connection", "keep-alive", "transfer-encoding"})
_OF_THE_BODY = frozenset({"content-encoding", "content-type", "content-range", "content-disposition"})
UNDECIDED = Verdict(Decision(Extent.PREVIEW, Reason.DATABASE_UNAVAILABLE, Prompt.TRY_AGAIN), 0, "", "")
"""What holds when the check itself fails: never a full page by accident."""
NOT_THERE = Verdict(Decision(Extent.PREVIEW, Reason.SUBSCRIPTION_REQUIRED, Prompt.NONE), 0, "", "")
"""What holds for an article that is not published yet, or was withdrawn, where the site shows it all the same."""


def without(headers: Headers, *names: frozenset[str]) -> Headers:
    """Return the headers that are in none of these sets."""
    return [pair for pair in headers if not any(pair[0].lower() in one for one in names)]


def without_caches(headers: Headers) -> Headers:
    """Return the headers without ours, and without what any cache might go by: each network has its own."""
    kept = without(headers, _OURS, _OF_CACHES)
    return [pair for pair in kept if not pair[0].lower().endswith("cache-control")]


def gated(headers: Headers, body_bytes: int, decision: Decision | None, *, keeps_cookies: bool) -> Headers:
    """Return the headers of a gated answer whose body stays as it is."""
    kept = without(without_caches(headers), _OF_CONNECTIONS, frozenset() if keeps_cookies else _COOKIES)
    kept += [NO_STORE, VARY, ("Content-Length", str(body_bytes))]
    return kept if decision is None else for_decision(kept, decision)


def gated_stream(head: Head, decision: Decision) -> Headers:
    """Return the headers of an open answer that is passed on piece by piece."""
    return for_decision([*without_caches(head.headers), NO_STORE, VARY], decision)


def for_decision(headers: Headers, decision: Decision) -> Headers:
    """Return the headers with the decision that they go out under; a crawler is told to keep no copy for others."""
    kept = [pair for pair in headers if pair[0] != "Paywall-Decision" and pair != FOR_CRAWLERS]
    extra = [FOR_CRAWLERS] if decision.reason is Reason.VERIFIED_CRAWLER else []
    return [*kept, *extra, ("Paywall-Decision", decision.header)]


def with_extras(headers: Headers, verdict: Verdict) -> Headers:
    """Return a copy of the page's headers, with what belongs to this answer alone."""
    if not verdict.cookies and not verdict.degraded:
        return headers.copy()
    extras = [("Set-Cookie", cookie) for cookie in verdict.cookies]
    if verdict.degraded:
        extras.append(("Paywall-Degraded", verdict.degraded))
    return headers + extras


def is_prefetch(environ: "WSGIEnvironment") -> bool:
    """Tell whether a browser asks for what nobody may ever look at."""
    return (
        "prefetch" in environ.get("HTTP_SEC_PURPOSE", "")
        or "prefetch" in environ.get("HTTP_PURPOSE", "")
        or "prefetch" in environ.get("HTTP_X_MOZ", "")
    )


def other_method(method: str) -> Page:
    """Return the answer to what is neither GET nor HEAD."""
    if method == "OPTIONS":
        return Page("204 No Content", [_ALLOW, NO_STORE], b"")
    return Page("405 Method Not Allowed", [_ALLOW, NO_STORE, ("Content-Length", "0")], b"")


def refused(verdict: Verdict) -> Page:
    """Return the answer in the place of what can't be cut, for who may not have it whole."""
    kept = [("Content-Type", "text/plain; charset=utf-8"), NO_STORE, VARY, ("Content-Length", str(len(_REFUSAL)))]
    return Page("403 Forbidden", with_extras(for_decision(kept, verdict.decision), verdict), _REFUSAL)


_REFUSAL = b"This is for subscribers.\n"
_COOKIES = frozenset({"set-cookie"})
NOTHING_TO_PREFETCH = Page("503 Service Unavailable", [NO_STORE, VARY, ("Content-Length", "0")], b"")
NOT_FOUND = Page(
    "404 Not Found",
    [("Content-Type", "text/plain; charset=utf-8"), NO_STORE, ("Content-Length", "11")],
    b"Not found.\n",
)
