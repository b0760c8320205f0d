"""Asking the application inside: one WSGI request, its answer in hand before anything is sent."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from io import BytesIO
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from paywall.gate.decision import Decision

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

DECISION_KEY = "paywall.decision"
_HEADERS_KEPT = frozenset({"HTTP_HOST"})


class Reply(NamedTuple):
    """An answer whose headers have not left yet."""

    status: str
    headers: list[tuple[str, str]]
    body: Iterable[bytes]

    def header(self, name: str) -> str | None:
        """Return the value of a header, by its lower-case name."""
        return next((value for key, value in self.headers if key.lower() == name), None)

    def whole_body(self) -> bytes:
        """Return all of the body, and let the application clean up."""
        try:
            return b"".join(self.body)
        finally:
            self.close()

    def close(self) -> None:
        """Let the application clean up."""
        getattr(self.body, "close", lambda: None)()


class _Body:
    """A body of which the first piece was taken already; `close` reaches the application."""

    def __init__(self, taken: list[bytes], rest: Iterator[bytes], source: Iterable[bytes]) -> None:
        self._pieces = chain(taken, rest)
        self._source = source

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces

    def close(self) -> None:
        getattr(self._source, "close", lambda: None)()


def ask(application: "WSGIApplication", environ: "WSGIEnvironment") -> Reply:
    """Run the application until it has said its status and headers."""
    said: list[tuple[str, list[tuple[str, str]]]] = []
    written: list[bytes] = []

    def start_response(status: str, headers: list[tuple[str, str]], _exc_info: object = None) -> object:
        said[:] = [(status, list(headers))]
        return written.append

    body = application(environ, start_response)  # type: ignore[arg-type]
    if not said or written:  # an application may say its headers as late as with its first piece
        rest = iter(body)
        with suppress(StopIteration):
            written.append(next(rest))
        body = _Body(written, rest, body)
    status, headers = said[0]
    return Reply(status, headers, body)


def environ_for_a_page(environ: "WSGIEnvironment", decision: Decision) -> "WSGIEnvironment":
    """Return the environ of a plain GET for the same path that tells nothing of who asked, but the decision."""
    inner = {key: value for key, value in environ.items() if not key.startswith("HTTP_") or key in _HEADERS_KEPT}
    inner.update(
        {
            "REQUEST_METHOD": "GET",
            "QUERY_STRING": "",
            "CONTENT_LENGTH": "0",
            "CONTENT_TYPE": "",
            "wsgi.input": BytesIO(),
            DECISION_KEY: decision,
        }
    )
    inner.pop("RAW_URI", None)
    inner.pop("REQUEST_URI", None)
    return inner
