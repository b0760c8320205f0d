"""The cookies that the wall keeps on the publisher's own site: who the visitor is, who the reader is, the pass."""

import re
from secrets import token_urlsafe
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

VISITOR_SECONDS = 365 * 24 * 60 * 60
READER_SECONDS = 30 * 24 * 60 * 60
PASS_SECONDS = 5 * 60
STATE_SECONDS = 60 * 60
_is_visitor = re.compile(r"[A-Za-z0-9_.~-]{8,128}").fullmatch


class Names(NamedTuple):
    """One name for each; `__Host-` where the site is reached by https."""

    visitor: str
    reader: str
    signed_pass: str
    state: str
    secure: bool


def names_for(environ: "WSGIEnvironment") -> Names:
    """Return the names at this site."""
    is_https = environ.get("wsgi.url_scheme") == "https"
    start = "__Host-paywall_" if is_https else "paywall_"
    return Names(f"{start}visitor", f"{start}reader", f"{start}pass", f"{start}state", is_https)


def read(environ: "WSGIEnvironment") -> dict[str, str]:
    """Return the cookies of a request; where one name comes twice, the first."""
    found: dict[str, str] = {}
    for part in environ.get("HTTP_COOKIE", "").split(";"):
        name, _, value = part.partition("=")
        found.setdefault(name.strip(), value.strip())
    return found


def keep(names: Names, name: str, value: str, seconds: int) -> str:
    """Return the Set-Cookie value that makes the browser keep a cookie for so many seconds; 0 deletes it."""
    secure = "; Secure" if names.secure else ""
    return f"{name}={value}; Path=/; Max-Age={seconds}{secure}; HttpOnly; SameSite=Lax"


def visitor(sent: str | None) -> str:
    """Return the id that a browser has, or a new one for a browser that has none, or what can't be one."""
    return sent if sent and _is_visitor(sent) else token_urlsafe(16)
