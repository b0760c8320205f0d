"""Situations become pages (or JSON where the caller asks for it): what happened, what it means, what to do."""

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError
from structlog import get_logger
from werkzeug.exceptions import HTTPException

from paywall.database import is_unreachable
from paywall.errors import DatabaseUnavailable, PaywallError, UnknownHost
from paywall.web import current, problems

log = get_logger()
_TEMPLATES = {400: "bad_request", 403: "forbidden", 404: "not_found", 410: "gone", 413: "too_large", 429: "too_many"}


def install(app: Flask) -> None:
    """Answer every error in the newspaper's own hand."""
    app.register_error_handler(PaywallError, situation_page)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(SQLAlchemyError, _database_error)
    app.register_error_handler(UnicodeError, _bad_text)
    app.register_error_handler(Exception, _unforeseen)


def error_page(status: int, code: str, sentence: str, retry_after: int | None = None) -> Response:
    """Return the page (or JSON) for an error of that status; the sentence is shown as it is."""
    if problems.are_wanted():
        return problems.response(problems.Problem(status, code, sentence, (), retry_after))
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        response = jsonify({"error": code, "message": sentence})
    else:
        name = _TEMPLATES.get(status, "unavailable" if status == 503 else "error")
        response = make_response(render_template(f"errors/{name}.html", sentence=sentence, publisher=_publisher()))
    response.status_code = status
    response.headers["Cache-Control"] = "private, no-store"
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _publisher() -> object | None:
    try:
        return current.publisher()
    except (PaywallError, SQLAlchemyError, HTTPException):
        return None


def situation_page(error: PaywallError) -> ResponseReturnValue:
    """Return the page (or JSON) for a situation."""
    if error.status >= 500:
        log.warning("situation", code=error.code, path=request.path)
    if problems.are_wanted():
        return problems.response(problems.problem_of(error))
    if isinstance(error, UnknownHost):
        return Response("Bad request: no newspaper answers to this host name.\n", 400, mimetype="text/plain")
    return error_page(error.status, error.code, error.sentence, error.retry_after)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or (error.code or 500) < 400:
        return error
    retry = getattr(error, "retry_after", None)
    page = error_page(
        error.code or 500, error.name.lower().replace(" ", "_"), "", retry if isinstance(retry, int) else None
    )
    page.headers.extend((k, v) for k, v in error.get_headers() if k not in ("Content-Type", "Content-Length"))
    return page


def _database_error(error: SQLAlchemyError) -> ResponseReturnValue:
    if is_unreachable(error):
        return situation_page(DatabaseUnavailable())
    return _unforeseen(error)


def _bad_text(error: UnicodeError) -> ResponseReturnValue:
    log.info("undecodable input", path=request.path, error=type(error).__name__)
    return error_page(400, "bad_text", "Something you sent is not valid text.")


def _unforeseen(error: Exception) -> ResponseReturnValue:
    log.error("unforeseen", path=request.path, exc_info=error)
    return error_page(500, "internal_error", "")
