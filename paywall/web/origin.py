"""Where a changing request comes from: only from our own pages.

A second wall beside the CSRF token. Browsers say it in `Sec-Fetch-Site` and `Origin`, which no page can forge;
programs say neither, and are let through to the checks of what they call.
"""

from flask import Flask, request
from werkzeug.exceptions import Forbidden

from paywall.web import current

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FOR_PROGRAMS = ("/webhooks/", "/v1/")
"""Paths that are called by programs and have proofs of their own: signatures, keys."""


def install(app: Flask) -> None:
    """Refuse every unsafe method that another site's page has sent; to be installed before the CSRF check."""
    app.before_request(_refuse_foreign)


def is_ours(origin: str | None, fetch_site: str | None, own: str) -> bool:
    """Tell whether a request was sent by a page of `own` (scheme and host), or by no page at all.

    `Origin: null` is what browsers send from pages that keep their address to themselves, such as the one that sets
    a new password: then the browser must vouch for us by `Sec-Fetch-Site`.
    """
    if fetch_site not in (None, "same-origin", "none"):
        return False
    if origin == "null":
        return fetch_site == "same-origin"
    return origin in (None, own)


def _refuse_foreign() -> None:
    if request.method in SAFE_METHODS or request.path.startswith(FOR_PROGRAMS):
        return
    own = f"{'https' if current.settings().is_https else 'http'}://{request.host}"
    if not is_ours(request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site"), own):
        raise Forbidden
