"""Signing in on the publisher's site by way of the service: out with a state, back with a code that is used once.

The state stands in a cookie of this site too, so nobody can have a reader's browser signed in as somebody else.
"""

import hmac
from collections.abc import Callable
from secrets import token_urlsafe
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlencode

from paywall.wall.answering.headers import NO_STORE
from paywall.wall.remote import cookies
from paywall.wall.variants import Page
from paywall.web.addresses import safe_next

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

SIGN_IN, SUBSCRIBE = "/_paywall/sign-in", "/_paywall/subscribe"
RETURN, SIGN_OUT = "/_paywall/return", "/_paywall/sign-out"


class SigningIn:
    """Answers the wall's own addresses; `exchange` gives a reader token for a code."""

    def __init__(self, service: str, exchange: Callable[[str], str | None]) -> None:
        self._service, self._exchange = service, exchange

    def page(self, environ: "WSGIEnvironment") -> Page | None:
        """Return the answer; None for an address that is none of ours."""
        path, query = environ.get("PATH_INFO", ""), parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        if path in (SIGN_IN, SUBSCRIBE):
            return self._out(environ, path, safe_next(query.get("next", [""])[0]))
        if path == RETURN:
            return self._back(environ, query.get("paywall_code", [""])[0], query.get("paywall_state", [""])[0])
        return _sign_out(environ) if path == SIGN_OUT else None

    def _out(self, environ: "WSGIEnvironment", path: str, way_back: str) -> Page:
        names, state = cookies.names_for(environ), token_urlsafe(16)
        site = f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST', '')}"
        connect = "/connect?" + urlencode({"to": site + RETURN, "state": state})
        where = connect if path == SIGN_IN else f"/subscribe?next={quote(connect, safe='')}"
        kept = cookies.keep(names, names.state, f"{state}.{quote(way_back, safe='')}", cookies.STATE_SECONDS)
        return _to(self._service + where, kept)

    def _back(self, environ: "WSGIEnvironment", code: str, state: str) -> Page:
        names = cookies.names_for(environ)
        expected, _, way_back = cookies.read(environ).get(names.state, "").partition(".")
        next_page = safe_next(parse_qs(f"next={way_back}").get("next", [""])[0])
        if not expected or not hmac.compare_digest(expected.encode(), state.encode("utf-8", "replace")):
            return _to(next_page)
        done = cookies.keep(names, names.state, "", 0)
        token = self._exchange(code) if code else None
        if token is None:
            return _to(next_page, done)
        reader = cookies.keep(names, names.reader, token, cookies.READER_SECONDS)
        return _to(next_page, done, reader, cookies.keep(names, names.signed_pass, "", 0))


def at(path: str, environ: "WSGIEnvironment") -> str:
    """Return one of our addresses, with the way back to the page that is asked for."""
    query = environ.get("QUERY_STRING", "")
    here = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "") + (f"?{query}" if query else "")
    return f"{path}?next={quote(here.encode('latin-1', 'replace'), safe='/')}"


def _sign_out(environ: "WSGIEnvironment") -> Page:
    if environ["REQUEST_METHOD"] != "POST":
        return Page("405 Method Not Allowed", [("Allow", "POST"), NO_STORE, ("Content-Length", "0")], b"")
    names = cookies.names_for(environ)
    return _to("/", *(cookies.keep(names, name, "", 0) for name in (names.reader, names.signed_pass)))


def _to(where: str, *kept: str) -> Page:
    headers = [("Location", where), NO_STORE, ("Content-Length", "0"), *(("Set-Cookie", one) for one in kept)]
    return Page("303 See Other", headers, b"")
