"""Asking the application inside who is signed in, by one request that only we can make."""

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from paywall.errors import DatabaseUnavailable
from paywall.gate.rights import can_not_be_reached
from paywall.readers.knock import ENVIRON_KEY, PATH, Knock

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

Knocker = Callable[["WSGIEnvironment"], Knock]
_INNER = {"REQUEST_METHOD": "GET", "PATH_INFO": PATH, "QUERY_STRING": "", "CONTENT_LENGTH": "0", "CONTENT_TYPE": ""}


def knocker(application: "WSGIApplication") -> Knocker:
    """Return a function that asks `application` who sends a request; it raises DatabaseUnavailable."""

    def knock(environ: "WSGIEnvironment") -> Knock:
        empty = Knock()
        try:
            _get(application, {**environ, **_INNER, "wsgi.input": BytesIO(), ENVIRON_KEY: empty})
        except SQLAlchemyError as error:
            if can_not_be_reached(error):
                raise DatabaseUnavailable from error
            raise
        return empty

    return knock


def _get(application: "WSGIApplication", environ: "WSGIEnvironment") -> None:
    statuses: list[str] = []

    def start_response(status: str, _headers: list[tuple[str, str]], _exc_info: object = None) -> object:
        statuses.append(status)
        return lambda _data: None

    body: Iterable[bytes] = application(environ, start_response)  # type: ignore[arg-type]
    try:
        for _ in body:
            pass
    finally:
        getattr(body, "close", lambda: None)()
    if statuses and statuses[-1].startswith("5"):
        raise DatabaseUnavailable
