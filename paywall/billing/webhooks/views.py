"""`POST /webhooks/stripe`: verify, keep, say 200; everything else happens afterwards, in the drain.

Any failure to verify is a 400 that stores nothing; a database that can't take the event is a 503, so that Stripe keeps
it. There is no redirect on this route: Stripe takes one for a failure.
"""

from flask import Blueprint, Flask, Response, request
from sqlalchemy.exc import SQLAlchemyError
from structlog import get_logger
from werkzeug.exceptions import RequestEntityTooLarge

from paywall import clock
from paywall.billing import parts
from paywall.billing.stripe_errors import BadPayload, BadSignature
from paywall.billing.webhooks import inbox
from paywall.billing.webhooks.signature import verify_webhook
from paywall.errors import DatabaseUnavailable

BODY_BYTES = 512 * 1024
log = get_logger()
blueprint = Blueprint("webhooks", __name__)


def install(app: Flask) -> None:
    """Register the route; what signs its requests is not a browser, so it needs no CSRF token."""
    app.extensions["paywall.csrf"].exempt(blueprint)
    app.register_blueprint(blueprint)


@blueprint.post("/webhooks/stripe", strict_slashes=False)
def receive() -> Response:
    """Keep one event."""
    billing = parts.billing()
    event = verify_webhook(_body(), request.headers.get("Stripe-Signature", ""), billing.webhook_secrets, clock.wall())
    try:
        with billing.database.adding() as connection:
            waits = inbox.receive(connection, event, livemode=billing.gateway.is_live)
    except SQLAlchemyError as error:  # whatever it is (away, full, locked): Stripe must send it again
        log.warning("event not kept", alarm=True, error=type(error).__name__)
        raise DatabaseUnavailable from error
    if waits:
        billing.wake.set()
    return _plain(200, "ok")


@blueprint.errorhandler(BadSignature)
@blueprint.errorhandler(BadPayload)
def _refuse(error: BadSignature | BadPayload) -> Response:
    log.info("webhook refused", code=error.code)
    return _plain(error.status, error.code)


def _body() -> bytes:
    """Return the raw bytes, at most 512 KiB; an encoded body is never unpacked, so what it hides can't grow here."""
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise RequestEntityTooLarge
    request.max_content_length = BODY_BYTES + 1  # a body whose length is unsaid is read so far, and no further
    body = request.get_data(cache=False, parse_form_data=False)
    if len(body) > BODY_BYTES:
        raise RequestEntityTooLarge
    return body


def _plain(status: int, word: str) -> Response:
    return Response(f"{word}\n", status, mimetype="text/plain")
