"""Which pages of other sites may read an answer: those of the publisher's sites, and of origins that keys name."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

Headers = list[tuple[str, str]]
_EXPOSED = "Paywall-Decision, Paywall-Degraded, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After"
_PREFLIGHT: Headers = [
    ("Access-Control-Allow-Methods", "GET, POST"),
    ("Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key"),
    ("Access-Control-Max-Age", "600"),
]
VARY = ("Vary", "Origin")


def calling_origin(environ: "WSGIEnvironment") -> str | None:
    """Return the origin of the page that makes a call, None for a program; a page of our own host says it so, too."""
    origin: str | None = environ.get("HTTP_ORIGIN")
    if origin is None and environ.get("HTTP_SEC_FETCH_SITE") == "same-origin":
        return f"{environ.get('wsgi.url_scheme', 'https')}://{environ.get('HTTP_HOST', '')}"
    return origin


def allowing(origin: str) -> Headers:
    """Return what lets a page of `origin` read the answer, sent with its cookies or without."""
    return [
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Allow-Credentials", "true"),
        ("Access-Control-Expose-Headers", _EXPOSED),
    ]


def preflight(origin: str) -> Headers:
    """Return what lets a page of `origin` make the call at all."""
    return [*allowing(origin), *_PREFLIGHT]
