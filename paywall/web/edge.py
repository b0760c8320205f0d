"""The edge of a request: one commit or none, the headers every answer carries, and size limits."""

from flask import Flask, Response, request
from werkzeug.routing import IntegerConverter

from paywall.database import Database
from paywall.web import current
from paywall.web.sessions import PrivateSessions

FORM_BYTES = 1024 * 1024

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' https: data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self' https://checkout.stripe.com https://billing.stripe.com "
    "https://invoice.stripe.com{sites}; "
    "base-uri 'none'; frame-ancestors 'none'"
)


class Number(IntegerConverter):
    """A number in an address, no greater than a database keeps: behind a greater one there is no page."""

    regex = r"\d{1,18}"


def install(app: Flask, database: Database) -> None:
    """Give `app` its edge. Answers that say nothing about caching are private to the reader."""
    app.session_interface = PrivateSessions()
    app.url_map.converters["int"] = Number
    app.url_map.merge_slashes = False  # a redirect made by the router would repeat whatever host was asked for
    app.config["MAX_CONTENT_LENGTH"] = FORM_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = FORM_BYTES
    app.config["MAX_FORM_PARTS"] = 100

    @app.after_request
    def _finish(response: Response) -> Response:
        _end_transaction(database, response)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", _policy())
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-store"
        return response

    @app.teardown_request
    def _let_go(_error: BaseException | None) -> None:
        database.session.remove()


def _policy() -> str:
    """Return what a page may load, and where its forms may lead: browsers judge redirects after a form by it, too."""
    publisher = current.known_publisher()
    sites = publisher.sites if publisher else ()
    return _POLICY.format(sites="".join(f" {site}" for site in sites))


def _end_transaction(database: Database, response: Response) -> None:
    if response.status_code < 500 and request.method not in ("HEAD", "OPTIONS"):
        database.session.commit()
    else:
        database.session.rollback()
