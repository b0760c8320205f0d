"""What a form may look like when it arrives: its size, its encoding, each field once and readable.

Frameworks forgive more than is good for us: undecodable bytes become other text, a second value of a field is
dropped in silence, a compressed body is taken at its word. Here the body is judged before anything reads it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import unquote_to_bytes

from flask import Flask, current_app, g, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from paywall.errors import BadInput
from paywall.web.origin import FOR_PROGRAMS, SAFE_METHODS
from paywall.web.uploads import CountedBody

_FILES = "paywall.forms.files"
URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form: all values that came under each name."""

    values: Mapping[str, list[str]]

    def text(self, name: str) -> str:
        """Return the field's only value, empty if it didn't come; raises BadInput for anything else than plain text."""
        values = self.values.get(name, [])
        if len(values) > 1:
            raise BadInput(name, "This was sent twice. Send it once.")
        value = values[0] if values else ""
        if any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value):
            raise BadInput(name, "This holds a character that can't be typed. Write it again.")
        return value

    def text_or(self, name: str, default: str = "") -> str:
        """Return the field's text, or `default` where there is none that can be read."""
        try:
            return self.text(name) or default
        except BadInput:
            return default


@dataclass(frozen=True, slots=True)
class Files:
    """How much a form with files may carry, and whether the caller may send more than any form."""

    most_bytes: int
    are_welcome: Callable[[], bool]


def take_files(app: Flask, path: str, files: Files) -> None:
    """Let forms at that very `path` carry files: they go to disk, whatever encoding they have.

    What is larger than any form is taken only where `files.are_welcome` says so, and nothing of it is read before.
    """
    app.extensions.setdefault(_FILES, {})[path] = files


def install(app: Flask) -> None:
    """Judge bodies before anything reads them; to be installed before the CSRF check."""
    app.before_request(_judge_body)


def keep_form(fields: Sequence[tuple[str, str]]) -> None:
    """Have `read_form` return these fields: a form that was judged when it came, and goes on in this request."""
    g.kept_form = Form(MultiDict(fields).to_dict(flat=False))


def read_form() -> Form:
    """Return the form that came with this request; raises BadRequest (400) if something else came.

    JSON is no form: it must be well-formed all the same, and has no fields.
    """
    if "kept_form" in g:
        return cast(Form, g.kept_form)
    if request.mimetype == "application/json":
        _refuse_broken_json()
        return Form({})
    if request.mimetype not in (URLENCODED, MULTIPART):
        raise BadRequest
    return Form(request.form.to_dict(flat=False))


def _judge_body() -> None:
    if request.method in SAFE_METHODS or request.path.startswith(FOR_PROGRAMS):
        return
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise RequestEntityTooLarge  # what it would unpack to is unknown, and nobody's browser packs forms
    if request.mimetype == MULTIPART and request.path in current_app.extensions.get(_FILES, {}):
        _judge_files(current_app.extensions[_FILES][request.path])
    elif request.mimetype in (URLENCODED, MULTIPART):
        _judge_form()


def _judge_form() -> None:
    _refuse_cut_off(request.get_data())
    _refuse_undecodable(request.get_data())
    if request.mimetype == MULTIPART:
        _refuse_unfinished(request.get_data())
        _refuse_too_many_parts()


def _judge_files(files: Files) -> None:
    """Refuse a form with files that is too large or breaks off; it is never held in memory whole."""
    size, usual = request.content_length, request.max_content_length or 0
    if size is None or size > files.most_bytes:
        raise RequestEntityTooLarge
    if size > usual:
        _welcome(files)
    request.max_content_length = max(size, usual)
    _refuse_too_many_parts()
    if not (request.form or request.files):
        raise BadRequest  # it breaks off: what can't be read is passed over in silence


def _welcome(files: Files) -> None:
    """Take more than of any form, and wait for it longer, from who may send it."""
    if not files.are_welcome():
        raise RequestEntityTooLarge
    body = request.environ["wsgi.input"]
    if isinstance(body, CountedBody):
        body.welcome()


def _refuse_cut_off(body: bytes) -> None:
    """Refuse a body that came in pieces, its length unsaid, and was read as far as the limit."""
    if request.content_length is None and len(body) >= (request.max_content_length or 0) > 0:
        raise RequestEntityTooLarge


def _refuse_undecodable(body: bytes) -> None:
    if request.mimetype_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise BadRequest
    plain = unquote_to_bytes(body) if request.mimetype == URLENCODED else body
    try:
        plain.decode()
    except UnicodeDecodeError as error:
        raise BadRequest from error


def _refuse_unfinished(body: bytes) -> None:
    end = f"--{request.mimetype_params.get('boundary', '')}--"
    if not body.rstrip().endswith(end.encode()):
        raise BadRequest


def _refuse_too_many_parts() -> None:
    try:
        request.form  # noqa: B018 - looking at it parses it
    except RequestEntityTooLarge as error:  # its size was judged before: it is the number of its parts
        raise BadRequest from error


def _refuse_broken_json() -> None:
    try:
        json.loads(request.get_data())
    except (ValueError, RecursionError) as error:
        raise BadRequest from error
