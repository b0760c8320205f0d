"""The way to Stripe; the only file that imports its SDK. What is asked there stands in `stripe_calls`.

Answers are plain data (`dict`, `list`, `str`, `int`), in Stripe's own shapes of the API version named here. Every
error of the SDK becomes one of `stripe_errors`. Writes take an idempotency key wherever asking twice would do harm.
No database transaction may be open around a call: each may last for twice `TIMEOUT_SECONDS`.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn
from urllib.parse import urlsplit
from wsgiref.types import WSGIApplication

import stripe
from requests.structures import CaseInsensitiveDict
from stripe._v1_services import V1Services
from structlog import get_logger
from werkzeug.test import Client

from paywall.billing.stripe_calls.asking import Json
from paywall.billing.stripe_calls.events import Telling
from paywall.billing.stripe_calls.listing import Listing
from paywall.billing.stripe_calls.money import Moving
from paywall.billing.stripe_calls.selling import Selling
from paywall.billing.stripe_calls.subscribing import Subscribing
from paywall.billing.stripe_errors import (
    CardRefused,
    IdempotencyConflict,
    StripeNotFound,
    StripeRefused,
    StripeUnavailable,
)

API_VERSION = "2026-10-28.endive"
TIMEOUT_SECONDS = 8
log = get_logger()


class InProcess(stripe.HTTPClient):
    """A transport that calls a WSGI application in this process instead of the network: the sandbox's."""

    name = "in-process"

    def __init__(self, application: WSGIApplication) -> None:
        super().__init__()
        self._application = application

    def request(  # type: ignore[override]
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: str | None = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """Answer as the network would; an OSError from the application is a lost connection."""
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        browser = Client(self._application, use_cookies=False)
        try:
            response = browser.open(path, method=method.upper(), headers=dict(headers or {}), data=post_data)
            return response.get_data(), response.status_code, CaseInsensitiveDict(response.headers)
        except OSError as error:
            raise stripe.APIConnectionError(str(error), should_retry=True) from error  # type: ignore[no-untyped-call]

    def close(self) -> None:
        """Nothing is open."""


class StripeGateway(Selling, Subscribing, Moving, Telling, Listing):
    """One Stripe account, asked with one key. Safe to share between threads."""

    def __init__(
        self,
        secret_key: str,
        *,
        api_base: str | None = None,
        transport: stripe.HTTPClient | None = None,
        retries: int = 1,
    ) -> None:
        """Connect to nothing yet. `api_base` names a stand-in on this machine; `retries` waits half a second first."""
        self.is_live = "_live_" in secret_key
        self._v1 = stripe.StripeClient(
            secret_key,
            stripe_version=API_VERSION,
            base_addresses={"api": api_base} if api_base else {},
            max_network_retries=retries,
            http_client=transport or stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
        ).v1

    def ask(self, call: Callable[[V1Services], Any]) -> Json:
        """Return one object as plain data; raises a situation of `stripe_errors`."""
        try:
            return _plain(call(self._v1))
        except stripe.StripeError as error:
            _translate(error)
        except (AttributeError, TypeError, ValueError, KeyError) as error:  # JSON, but not of the shape it should have
            raise StripeUnavailable from error

    def ask_all(self, call: Callable[[V1Services], Any]) -> Iterator[Json]:
        """Yield the objects of a list, page after page; raises as `ask` does, also in the middle."""
        try:
            for item in call(self._v1).auto_paging_iter():
                yield _plain(item)
        except stripe.StripeError as error:
            _translate(error)
        except (AttributeError, TypeError, ValueError, KeyError) as error:
            raise StripeUnavailable from error


def _plain(answer: Any) -> Json:  # noqa: ANN401 - whatever the SDK made of the bytes
    found: Json = answer.to_dict(for_json=True)
    if not isinstance(found.get("id"), str):
        raise TypeError("an object without an id")
    return found


def _translate(error: stripe.StripeError) -> NoReturn:
    """Raise the situation that an error of the SDK means to us; what is our own fault also raises an alarm."""
    said = error.user_message or ""
    if isinstance(error, stripe.CardError):
        raise CardRefused(said) from error
    if isinstance(error, stripe.IdempotencyError) or error.http_status == 409:
        raise IdempotencyConflict(is_reused=isinstance(error, stripe.IdempotencyError)) from error
    if isinstance(error, stripe.InvalidRequestError) and error.http_status == 404:
        raise StripeNotFound from error
    if isinstance(error, (stripe.APIConnectionError, stripe.RateLimitError)) or not _is_our_fault(error):
        raise StripeUnavailable(was_answered=(error.http_status or 0) >= 500) from error
    log.error("stripe refused us", alarm=True, status=error.http_status, said=said, request_id=error.request_id)
    raise StripeRefused from error


def _is_our_fault(error: stripe.StripeError) -> bool:
    return error.http_status is not None and 400 <= error.http_status < 500
