"""Signing in on the publisher's site by way of the service: out with a state, back with a code that is used once.

The state stands in a cookie of this site too, so nobody can have a reader's browser signed in as somebody else.
"""

import hmac
import re
from secrets import token_urlsafe
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs, quote, unquote, urlencode

from paywall.wall.answering.headers import NO_STORE
from paywall.wall.remote import cookies
from paywall.wall.variants import Page
from paywall.web.addresses import safe_next

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_is_token = re.compile(r"[A-Za-z0-9_.~=+/-]{8,4096}").fullmatch
_OWN = {"/_paywall/sign-in": "/login", "/_paywall/sign-up": "/signup", "/_paywall/subscribe": "/subscribe"}
"""Our addresses, and the service's pages that they lead to."""
_THERE = {there: own for own, there in _OWN.items()}
_STANDS_IN_ADDRESSES = "%!#$&'()*+,;=:@/?[]~"
SIGN_IN, RETURN, SIGN_OUT = "/_paywall/sign-in", "/_paywall/return", "/_paywall/sign-out"


class Exchange(NamedTuple):
    """A code that a browser has brought, to be exchanged for a reader token; and where the reader goes then."""

    code: str
    next_page: str


class SigningIn:
    """Answers the wall's own addresses."""

    def __init__(self, service: str) -> None:
        self._service = service

    def page(self, environ: "WSGIEnvironment") -> Page | Exchange | None:
        """Return the answer, or what must be exchanged first; None for an address that is none of ours."""
        path, query = environ.get("PATH_INFO", ""), parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        if path in _OWN:
            return self._out(environ, path, safe_next(query.get("next", [""])[0]))
        if path == RETURN:
            return _back(environ, query.get("paywall_code", [""])[0], query.get("paywall_state", [""])[0])
        return _sign_out(environ) if path == SIGN_OUT else None

    def _out(self, environ: "WSGIEnvironment", path: str, way_back: str) -> Page:
        names, state = cookies.names_for(environ), token_urlsafe(16)
        site = f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST', '')}"
        connect = "/connect?" + urlencode({"to": site + RETURN, "state": state})
        where = connect if path == SIGN_IN else f"{_OWN[path]}?next={quote(connect, safe='')}"
        kept = cookies.keep(names, names.state, f"{state}.{quote(way_back, safe='')}", cookies.STATE_SECONDS)
        return _to(self._service + where, kept)


def signed_in(environ: "WSGIEnvironment", exchange: Exchange, token: str | None) -> Page:
    """Lead a reader on whose code was exchanged; with None it was good for nothing."""
    names = cookies.names_for(environ)
    done = cookies.keep(names, names.state, "", 0)
    if token is None or not _is_token(token):
        return _to(exchange.next_page, done)
    reader = cookies.keep(names, names.reader, token, cookies.READER_SECONDS)
    return _to(exchange.next_page, done, reader, cookies.keep(names, names.signed_pass, "", 0))


def own_address(there: str, environ: "WSGIEnvironment") -> str | None:
    """Return our address that leads to a page of the service and back to the page that is asked for."""
    own = _THERE.get(there)
    if own is None:
        return None
    query = environ.get("QUERY_STRING", "")
    path = quote((environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1", "replace"))
    here = path + (f"?{query}" if query else "")
    return f"{own}?next={quote(here.encode('latin-1', 'replace'), safe='/')}"


def _back(environ: "WSGIEnvironment", code: str, state: str) -> Page | Exchange:
    names = cookies.names_for(environ)
    expected, _, way_back = cookies.read(environ).get(names.state, "").partition(".")
    next_page = safe_next(unquote(way_back))
    if not expected or not hmac.compare_digest(expected.encode(), state.encode("utf-8", "replace")):
        return _to(next_page)
    return Exchange(code, next_page) if code else _to(next_page, cookies.keep(names, names.state, "", 0))


def _sign_out(environ: "WSGIEnvironment") -> Page:
    if environ["REQUEST_METHOD"] != "POST":
        return Page("405 Method Not Allowed", [("Allow", "POST"), NO_STORE, ("Content-Length", "0")], b"")
    names = cookies.names_for(environ)
    return _to("/", *(cookies.keep(names, name, "", 0) for name in (names.reader, names.signed_pass)))


def _to(where: str, *kept: str) -> Page:
    headers = [
        ("Location", quote(where, safe=_STANDS_IN_ADDRESSES)),
        NO_STORE,
        ("Content-Length", "0"),
        *(("Set-Cookie", one) for one in kept),
    ]
    return Page("303 See Other", headers, b"")
