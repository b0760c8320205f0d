"""Stripe's errors: one exception that carries the whole envelope, and the situations that raise it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from paywall.sandbox.state.shapes import Json

_DOCS = "https://docs.stripe.com/error-codes/"


@dataclass(eq=False)
class ApiError(Exception):
    """An answer that is no success; `keep` says that what was done before it stays, as after a declined card."""

    message: str
    status: int = 400
    type: str = "invalid_request_error"
    code: str | None = None
    param: str | None = None
    keep: bool = False
    validation: bool = False
    extra: Json = field(default_factory=dict)

    def envelope(self, request_id: str) -> Json:
        """Return the JSON body of the answer."""
        error: Json = {"message": self.message, "type": self.type, **self.extra}
        if self.code:
            error |= {"code": self.code, "doc_url": _DOCS + self.code.replace("_", "-")}
        if self.param:
            error["param"] = self.param
        error["request_log_url"] = f"https://dashboard.stripe.com/test/logs/{request_id}"
        return {"error": error}


class ConnectionDropped(ConnectionError):
    """The answer was lost on its way: the work may be done, the caller cannot know."""


def invalid(message: str, param: str | None = None, code: str | None = None) -> ApiError:
    """Return the error for a parameter that cannot be accepted; found before any work began."""
    return ApiError(message, param=param, code=code, validation=True)


def refused(message: str, param: str | None = None, code: str | None = None) -> ApiError:
    """Return the error for a request that is well formed but not possible now."""
    return ApiError(message, param=param, code=code)


def missing(param: str) -> ApiError:
    """Return the error for a required parameter that was not sent."""
    return invalid(f"Missing required param: {param}.", param, "parameter_missing")


def unknown(params: Iterable[str]) -> ApiError:
    """Return the error that names the parameters nobody knows."""
    names = sorted(params)
    noun = "parameter" if len(names) == 1 else "parameters"
    return invalid(f"Received unknown {noun}: {', '.join(names)}", names[0], "parameter_unknown")


def no_such(kind: str, identifier: object, param: str = "id") -> ApiError:
    """Return the error for an object that does not exist: 404 when it was asked for, 400 when it was referred to."""
    noun = NOUNS.get(kind, kind)
    status = 404 if param == "id" else 400
    return ApiError(f"No such {noun}: '{identifier}'", status=status, code="resource_missing", param=param)


NOUNS = {
    "billing_portal.configuration": "configuration",
    "checkout.session": "checkout.session",
    "payment_method": "PaymentMethod",
    "webhook_endpoint": "webhook endpoint",
    "subscription_item": "subscription_item",
    "event": "notification",
}


def card_error(message: str, code: str, decline_code: str | None, **extra: Any) -> ApiError:  # noqa: ANN401
    """Return the 402 for a card that was declined; the failed attempt stays recorded."""
    fields: Json = dict(extra)
    if decline_code:
        fields["decline_code"] = decline_code
    return ApiError(message, status=402, type="card_error", code=code, keep=True, extra=fields)
