"""All that we ask of Stripe; the only file that imports its SDK.

Answers are plain data (`dict`, `list`, `str`, `int`), in Stripe's own shapes of the API version named here. Every
error of the SDK becomes one of `stripe_errors`. Writes take an idempotency key wherever asking twice would do harm.
No database transaction may be open around a call: each may last for twice `TIMEOUT_SECONDS`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NoReturn, cast
from urllib.parse import urlsplit
from wsgiref.types import WSGIApplication

import stripe
from requests.structures import CaseInsensitiveDict
from stripe._v1_services import V1Services
from structlog import get_logger
from werkzeug.test import Client

from paywall.billing.stripe_errors import (
    CardRefused,
    IdempotencyConflict,
    StripeNotFound,
    StripeRefused,
    StripeUnavailable,
)

API_VERSION = "2026-10-28.endive"
TIMEOUT_SECONDS = 8
PORTAL_MARK = {"paywall": "portal"}
"""The metadata by which our own billing portal is known."""

_PAGE = 100
_SUBSCRIPTION_PARTS = ("latest_invoice", "default_payment_method")

Json = dict[str, Any]
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


class StripeGateway:
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

    # --- customers and prices ---

    def create_customer(self, *, email: str, metadata: dict[str, str], idempotency_key: str) -> Json:
        """Make a customer."""
        return self.ask(
            lambda v1: v1.customers.create({"email": email, "metadata": metadata}, {"idempotency_key": idempotency_key})
        )

    def find_prices(self, lookup_keys: Sequence[str]) -> dict[str, Json]:
        """Return the active prices of at most ten lookup keys, by key; what Stripe doesn't have is left out."""
        found = self.ask_all(
            lambda v1: v1.prices.list({"lookup_keys": list(lookup_keys), "active": True, "limit": _PAGE})
        )
        return {price.get("lookup_key", ""): price for price in found}

    # --- checkout and the billing portal ---

    def create_checkout_session(self, params: Json, *, idempotency_key: str) -> Json:
        """Open a page at Stripe where a reader can pay; its `url` is where to send them."""
        return self.ask(lambda v1: v1.checkout.sessions.create(cast(Any, params), {"idempotency_key": idempotency_key}))

    def retrieve_checkout_session(self, session_id: str, expand: Sequence[str] = ()) -> Json:
        """Return a checkout session; raises StripeNotFound."""
        return self.ask(lambda v1: v1.checkout.sessions.retrieve(session_id, {"expand": list(expand)}))

    def expire_checkout_session(self, session_id: str) -> Json:
        """Close a checkout session that is still open; raises StripeRefused if it is not."""
        return self.ask(lambda v1: v1.checkout.sessions.expire(session_id))

    def list_checkout_sessions(self, customer: str, status: str) -> list[Json]:
        """Return a customer's sessions that are `open`, `complete` or `expired`."""
        params: Any = {"customer": customer, "status": status, "limit": _PAGE}
        return list(self.ask_all(lambda v1: v1.checkout.sessions.list(params)))

    def create_portal_session(self, customer: str, return_url: str, flow: Json | None = None) -> Json:
        """Open Stripe's billing portal; `flow` goes straight to one deed: `{"type": "payment_method_update"}`."""
        ours = self.portal_configuration()
        params: Any = {
            "customer": customer,
            "return_url": return_url,
            **({"configuration": ours["id"]} if ours else {}),
            **({"flow_data": flow} if flow else {}),
        }
        return self.ask(lambda v1: v1.billing_portal.sessions.create(params))

    def portal_configuration(self) -> Json | None:
        """Return the billing portal that `paywall stripe setup` made; None before that."""
        params: Any = {"active": True, "limit": _PAGE}
        found = self.ask_all(lambda v1: v1.billing_portal.configurations.list(params))
        return next((one for one in found if PORTAL_MARK.items() <= (one.get("metadata") or {}).items()), None)

    # --- subscriptions, invoices, refunds ---

    def retrieve_subscription(self, subscription_id: str, expand: Sequence[str] = _SUBSCRIPTION_PARTS) -> Json:
        """Return a subscription with its parts as objects; raises StripeNotFound."""
        return self.ask(lambda v1: v1.subscriptions.retrieve(subscription_id, {"expand": list(expand)}))

    def list_subscriptions(self, customer: str, status: str = "all") -> list[Json]:
        """Return a customer's subscriptions, ended ones too unless `status` says otherwise."""
        params: Any = {"customer": customer, "status": status, "limit": _PAGE}
        return list(self.ask_all(lambda v1: v1.subscriptions.list(params)))

    def iterate_subscriptions(self, created_since: int | None = None) -> Iterator[Json]:
        """Yield every subscription of the account in any status, newest first; `created_since` in Unix seconds."""
        params: Any = {"status": "all", "limit": _PAGE}
        if created_since is not None:
            params["created"] = {"gte": created_since}
        return self.ask_all(lambda v1: v1.subscriptions.list(params))

    def update_subscription(self, subscription_id: str, params: Json, *, idempotency_key: str) -> Json:
        """Change a subscription; `params` as Stripe names them."""
        return self.ask(
            lambda v1: v1.subscriptions.update(subscription_id, cast(Any, params), {"idempotency_key": idempotency_key})
        )

    def cancel_subscription(self, subscription_id: str) -> Json:
        """End a subscription at once; raises StripeNotFound if it has ended already."""
        return self.ask(lambda v1: v1.subscriptions.cancel(subscription_id))

    def list_invoices(self, subscription_id: str, expand: Sequence[str] = ()) -> list[Json]:
        """Return all invoices of a subscription, newest first; expand as in `data.payments`."""
        params: Any = {"subscription": subscription_id, "limit": _PAGE, "expand": list(expand)}
        return list(self.ask_all(lambda v1: v1.invoices.list(params)))

    def list_invoice_payments(self, invoice_id: str) -> list[Json]:
        """Return what was paid on an invoice."""
        return list(self.ask_all(lambda v1: v1.invoice_payments.list({"invoice": invoice_id, "limit": _PAGE})))

    def create_refund(self, params: Json, *, idempotency_key: str) -> Json:
        """Give money back: `{"payment_intent": …}` or `{"charge": …}`, all of it unless `amount` is given."""
        return self.ask(lambda v1: v1.refunds.create(cast(Any, params), {"idempotency_key": idempotency_key}))

    def list_charges(self, customer: str) -> list[Json]:
        """Return a customer's charges, newest first; `amount_refunded` says how much of each went back."""
        params: Any = {"customer": customer, "limit": _PAGE}
        return list(self.ask_all(lambda v1: v1.charges.list(params)))

    def customer_of_payment(self, payment_id: str) -> str | None:
        """Return whose payment intent (`pi_…`), charge (`ch_…`) or refund (`re_…`) it is; raises StripeNotFound."""
        if payment_id.startswith("re_"):
            payment_id = self.ask(lambda v1: v1.refunds.retrieve(payment_id))["charge"]
        if payment_id.startswith("pi_"):
            return cast(str | None, self.ask(lambda v1: v1.payment_intents.retrieve(payment_id)).get("customer"))
        return cast(str | None, self.ask(lambda v1: v1.charges.retrieve(payment_id)).get("customer"))

    # --- events ---

    def list_events(
        self,
        *,
        types: Iterable[str] = (),
        delivery_success: bool | None = None,
        ending_before: str | None = None,
        created_since: int | None = None,
    ) -> Iterator[Json]:
        """Yield events of the last 30 days, newest first; with `ending_before` those after it, oldest first."""
        params: Any = {
            "limit": _PAGE,
            "types": list(types) or None,
            "delivery_success": delivery_success,
            "ending_before": ending_before,
            "created": None if created_since is None else {"gte": created_since},
        }
        given = {name: value for name, value in params.items() if value is not None}
        return self.ask_all(lambda v1: v1.events.list(cast(Any, given)))


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
