"""Pages that a site says are the same for everybody (`Paywall-Version`): fetched as nobody, and kept for a while.

What was asked for by a reader is never kept, nor what sets a cookie, or depends on more than the address.
"""

import time
from collections.abc import Generator
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from paywall.wall.answering.found import is_page
from paywall.wall.answering.memory import Memory
from paywall.wall.answering.source import Source
from paywall.wall.answering.steps import Ask, Body, Head, Headers, Kind, Read

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

INNER_HOST = "paywall.inner_host"
_MOST_BYTES = 4 * 1024 * 1024
_NO_SOURCE = Source(Head("", []), b"", "")
_STANDS_IN_QUERIES = "%!$&'()*+,;=:@/?[]"
_VARIES_HARMLESSLY = frozenset({"", "cookie", "accept-encoding", "host", "authorization"})


class Shelved(NamedTuple):
    """A page that was fetched as nobody, with its version; no version where there was none that could be kept."""

    status: str
    headers: Headers
    source: Source
    version: str
    until: float
    """Of the monotonic clock."""

    @property
    def size(self) -> int:
        """About how many bytes it takes, with its address: that is as long as whoever asks for it likes."""
        return len(self.source.content) + len(self.source.address)


class Place(NamedTuple):
    """Where a page is: its address, and the host that the application inside is told, if that is another one."""

    address: str
    host: str


class Shelf:
    """Keeps pages by their places. Safe to share between threads."""

    def __init__(self, keep_seconds: float) -> None:
        self._keep_seconds = keep_seconds
        self._kept: Memory[Place, Shelved] = Memory()

    def forget_all(self) -> None:
        """Keep nothing."""
        self._kept.forget_all()

    def take(self, place: Place) -> Generator[Any, Any, Shelved | None]:
        """Return the page at a place, fetched again where it is due; the old one where that fails."""
        kept = self._kept.get(place)
        if kept is None or not kept.version:
            return None
        if time.monotonic() < kept.until:
            return kept
        self._kept.keep(place, kept._replace(until=self._until()))  # others need not fetch it, too
        fetched = yield from self._fetched(place.address)
        if fetched is None or not fetched.status.startswith("5"):
            fetched = fetched or self._nothing(place)
            self._kept.keep(place, fetched)
            return fetched if fetched.version else None
        return kept

    def put(self, place: Place, head: Head, method: str) -> Generator[Any, Any, None]:
        """Fetch and keep the page at a place, if its answer to somebody says a version."""
        if head.header("paywall-version") is None or method not in ("GET", "HEAD") or self._keep_seconds <= 0:
            return
        known = self._kept.get(place)
        if known is None or time.monotonic() >= known.until:
            self._kept.keep(place, (yield from self._fetched(place.address)) or self._nothing(place))

    def _fetched(self, address: str) -> Generator[Any, Any, Shelved | None]:
        """Ask as nobody; None for what can't be kept."""
        head: Head = yield Ask(Kind.NOBODY)
        body: Body = yield Read(_MOST_BYTES)
        if head.code >= 500:
            return Shelved(head.status, [], _NO_SOURCE, "", 0)
        if not (head.code == 200 and is_page(head) and body.is_whole and _is_the_same_for_all(head)):
            return None
        version = head.header("paywall-version") or ""
        source = Source(head, body.content, address)
        return Shelved(head.status, head.headers, source, version, self._until()) if version else None

    def _nothing(self, place: Place) -> Shelved:
        return Shelved("", [], Source(Head("", []), b"", place.address), "", self._until())

    def _until(self) -> float:
        return time.monotonic() + self._keep_seconds


def place_of(environ: "WSGIEnvironment") -> Place:
    """Return where the page is that was asked for: whoever makes up a host gets no page of his kept for others."""
    return Place(address_of(environ), environ.get(INNER_HOST, ""))


def address_of(environ: "WSGIEnvironment") -> str:
    """Return the whole address that was asked for."""
    query = environ.get("QUERY_STRING", "")
    path = quote((environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1", "replace"))
    query = quote(query.encode("latin-1", "replace"), safe=_STANDS_IN_QUERIES)
    return f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST', '')}{path}" + (f"?{query}" if query else "")


def _is_the_same_for_all(head: Head) -> bool:
    if head.header("set-cookie") is not None or head.header("content-encoding") not in (None, "identity"):
        return False
    varies = {name.strip().lower() for key, value in head.headers if key.lower() == "vary" for name in value.split(",")}
    return varies <= _VARIES_HARMLESSLY
