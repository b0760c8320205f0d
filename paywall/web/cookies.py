"""The names of our cookies: `__Host-` and Secure wherever browsers reach us by https."""

from dataclasses import dataclass

from flask import Response, after_this_request, request

from paywall.web import current

EDGE_COOKIES = ("paywall_edge", "paywall_edge_fresh")
"""What a web server in front checks by itself; its variables allow no hyphen, so there is no `__Host-` in the names."""


@dataclass(frozen=True, slots=True)
class CookieNames:
    """One name for each thing a browser keeps for us."""

    session: str
    reader_pass: str
    visitor: str
    secure: bool


def cookie_names(*, https: bool) -> CookieNames:
    """Return the names for a site reached by https, or by plain http (the demo, tests)."""
    prefix = "__Host-" if https else ""
    return CookieNames(f"{prefix}session", f"{prefix}pass", f"{prefix}visitor", https)


def drop_pass() -> None:
    """Delete the pass cookie with the answer to this request, so that the next article asks afresh.

    To be called wherever somebody's right to read may just have changed: sign-in, sign-out, payment.
    """
    names = cookie_names(https=current.settings().is_https)

    @after_this_request
    def _delete(response: Response) -> Response:
        for name in (names.reader_pass, *(edge for edge in EDGE_COOKIES if edge in request.cookies)):
            response.delete_cookie(name, path="/", secure=names.secure, httponly=True, samesite="Lax")
        return response
