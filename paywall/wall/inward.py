"""Asking the application inside: one WSGI request, its answer in hand before anything is sent."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from paywall.wall.answering.steps import Ask, Body, Head, Kind

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

DECISION_KEY = "paywall.decision"
OF_NOBODY = frozenset({"HTTP_HOST"})
_OF_WHO_ASKS = frozenset({"REMOTE_USER", "AUTH_TYPE"})
"""Whom a web server or a layer around us has let in."""
OF_A_PART = frozenset(
    {"HTTP_RANGE", "HTTP_IF_RANGE", "HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE"}
    | {"HTTP_IF_UNMODIFIED_SINCE", "HTTP_ACCEPT_ENCODING"}
)


class Reply(NamedTuple):
    """An answer whose headers have not left yet."""

    status: str
    headers: list[tuple[str, str]]
    body: Iterable[bytes]

    @property
    def head(self) -> Head:
        """What it says before its body."""
        return Head(self.status, self.headers)

    def read(self, most_bytes: int) -> "tuple[Body, Reply]":
        """Return what could be read of the body, and the reply with what is left to be sent."""
        pieces: list[bytes] = []
        total, rest = 0, iter(self.body)
        for piece in rest:
            pieces.append(piece)
            total += len(piece)
            if total > most_bytes:
                return Body(b"".join(pieces), is_whole=False), self._replace(body=_Body(pieces, rest, self.body))
        return Body(b"".join(pieces)), self._replace(body=_Body(pieces, rest, self.body))

    def close(self) -> None:
        """Let the application clean up."""
        getattr(self.body, "close", lambda: None)()


class _Body:
    """A body of which the first pieces were taken already; `close` reaches the application."""

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
    if not said or written:  # an application may say its headers, or others, as late as with its first piece
        rest = iter(body)
        for piece in rest:
            written.append(piece)
            if piece:
                break
        body = _Body(written, rest, body)
    status, headers = said[0]
    return Reply(status, headers, body)


def inner_environ(environ: "WSGIEnvironment", what: Ask) -> "WSGIEnvironment":
    """Return the environ that goes inward: what a step says of the one that came, and the decision."""
    if what.kind is Kind.AS_IT_CAME:
        return environ
    if what.kind is Kind.UNPACKED:
        return {key: value for key, value in environ.items() if key != "HTTP_ACCEPT_ENCODING"}
    if what.kind is Kind.WHOLE:
        inner = {key: value for key, value in environ.items() if key not in OF_A_PART}
    else:
        inner = {key: value for key, value in environ.items() if _is_of_nobody(key)}
    inner.update(
        {
            "REQUEST_METHOD": "GET",
            "CONTENT_LENGTH": "0",
            "CONTENT_TYPE": "",
            "wsgi.input": BytesIO(),
            DECISION_KEY: what.decision,
        }
    )
    if what.kind is Kind.NOBODY_WITHOUT_QUERY:
        inner["QUERY_STRING"] = ""
        inner.pop("RAW_URI", None)
        inner.pop("REQUEST_URI", None)
    return inner


def _is_of_nobody(key: str) -> bool:
    return key in OF_NOBODY or not (key.startswith("HTTP_") or key in _OF_WHO_ASKS)
