"""`POST /webhooks/stripe`: verify, keep, say 200; everything else happens afterwards, in the drain.

Answered before Flask, as the gate answers articles: a burst of events costs a signature and an insert each. Any failure
to verify is a 400 that stores nothing; a database that can't take the event is a 503, so that Stripe keeps it. There is
no redirect on this route: Stripe takes one for a failure.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError
from structlog import get_logger
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Request, Response

from paywall import clock
from paywall.billing.parts import Billing
from paywall.billing.webhooks import inbox
from paywall.billing.webhooks.signature import verify_webhook
from paywall.errors import DatabaseUnavailable, PaywallError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/webhooks/stripe"
BODY_BYTES = 512 * 1024
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
log = get_logger()


class Intake:
    """Stands in front of the application and answers that one address. Safe to share between threads."""

    def __init__(self, application: "WSGIApplication", billing: Callable[[], Billing]) -> None:
        """Take what answers everything else, and what tells how webhooks are known (it may raise PaymentsNotSetUp)."""
        self._application, self._billing = application, billing

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a webhook, or hand the request on."""
        if environ.get("PATH_INFO", "").rstrip("/") != PATH:
            return self._application(environ, start_response)
        return self._answer(Request(environ))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.method != "POST":
            return _plain(405, "method_not_allowed", {"Allow": "POST"})
        try:
            receive(self._billing(), request)
        except PaywallError as error:
            return _refuse(error)
        except HTTPException as error:  # too large, or broken off
            return _plain(error.code or 400, error.name.lower().replace(" ", "_"))
        except Exception:
            log.exception("unforeseen", path=PATH)
            return _plain(500, "internal_error")
        return _plain(200, "ok")


def receive(billing: Billing, request: Request) -> None:
    """Keep one event.

    Raises BadSignature, BadPayload, RequestEntityTooLarge, or DatabaseUnavailable where it could not be kept.
    """
    signature = request.headers.get("Stripe-Signature", "")
    event = verify_webhook(_body(request), signature, billing.webhook_secrets, clock.wall())
    try:
        with billing.database.adding() as connection:
            waits = inbox.receive(connection, event, livemode=billing.gateway.is_live)
    except SQLAlchemyError as error:  # whatever it is (away, full, locked): Stripe must send it again
        log.warning("event not kept", alarm=True, error=type(error).__name__)
        raise DatabaseUnavailable from error
    if waits:
        billing.wake.set()


def _body(request: Request) -> bytes:
    """Return the raw bytes, at most 512 KiB; an encoded body is never unpacked, so what it hides can't grow here."""
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise RequestEntityTooLarge
    request.max_content_length = BODY_BYTES + 1  # a body whose length is unsaid is read so far, and no further
    body = request.get_data(cache=False, parse_form_data=False)
    if len(body) > BODY_BYTES:
        raise RequestEntityTooLarge
    return body


def _refuse(error: PaywallError) -> Response:
    log.info("webhook refused", code=error.code)
    return _plain(error.status, error.code, {"Retry-After": str(error.retry_after)} if error.retry_after else {})


def _plain(status: int, word: str, more: dict[str, str] | None = None) -> Response:
    return Response(f"{word}\n", status, {**_HEADERS, **(more or {})}, mimetype="text/plain")
