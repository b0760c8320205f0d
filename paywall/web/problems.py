"""Errors for programs: problem+json (RFC 9457), with the fields named that are wrong."""

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import NamedTuple

from flask import Response, request

from paywall.errors import BadInput, PaywallError

MEDIA_TYPE = "application/problem+json"
PREFIX = "/v1/"
_SENTENCES = {
    404: "There is nothing here under that name.",
    405: "This can't be done here.",
    413: "That is more than is taken at once.",
    500: "Something went wrong on our side. It has been noted.",
}


class FieldError(NamedTuple):
    """One field and what is wrong with it."""

    field: str
    message: str


class BadFields(PaywallError):
    """Something in this request can't be taken."""

    status = 400
    code = "bad_input"

    def __init__(self, errors: Iterable[FieldError]) -> None:
        super().__init__()
        self.errors = tuple(errors)


class Problem(NamedTuple):
    """One error as a program reads it."""

    status: int
    code: str
    detail: str
    errors: tuple[FieldError, ...] = ()
    retry_after: int | None = None

    @property
    def body(self) -> bytes:
        """The answer's body."""
        said: dict[str, object] = {
            "type": "about:blank",
            "title": _phrase(self.status),
            "status": self.status,
            "code": self.code,
            "detail": self.detail or _SENTENCES.get(self.status, _phrase(self.status)),
        }
        if self.errors:
            said["errors"] = [error._asdict() for error in self.errors]
        return json.dumps(said).encode()

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The headers that go with it."""
        headers = [("Content-Type", MEDIA_TYPE), ("Cache-Control", "private, no-store")]
        if self.status == 401:
            headers.append(("WWW-Authenticate", "Bearer"))
        return headers if self.retry_after is None else [*headers, ("Retry-After", str(self.retry_after))]


def problem_of(error: PaywallError) -> Problem:
    """Return a situation as a problem; whatever field is wrong, it is a 400."""
    if isinstance(error, BadFields):
        return Problem(error.status, error.code, error.sentence, error.errors)
    if isinstance(error, BadInput):
        return Problem(400, error.code, BadFields(()).sentence, (FieldError(error.field, error.sentence),))
    return Problem(error.status, error.code, error.sentence, (), error.retry_after)


def are_wanted() -> bool:
    """Tell whether this request of Flask's comes from a program."""
    return request.path.startswith(PREFIX)


def response(problem: Problem) -> Response:
    """Return the problem as an answer of Flask's."""
    return Response(problem.body, problem.status, problem.headers)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
