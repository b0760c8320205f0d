"""Setup intents made by a call: a method is made ready for payments to come, without a page."""

from paywall.sandbox.payments import payment_methods, setup_intents
from paywall.sandbox.state.errors import card_error, missing, refused
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.params import Declared, flag, merged, metadata, one_of, rows_of, text, web_address
from paywall.sandbox.wire.routes import Operation


def create(work: Work, params: Json) -> Json:
    """Make a setup intent; with `confirm` it is tried at once."""
    customer = work.get("customer", params["customer"], "customer")["id"] if "customer" in params else None
    method = payment_methods.find(work, params["payment_method"]) if "payment_method" in params else None
    if params.get("confirm") and method is None:
        raise missing("payment_method")
    setup = setup_intents.new(work, customer)
    work.change(
        setup,
        description=params.get("description"),
        metadata=merged({}, params.get("metadata", {})),
        payment_method=method and method["id"],
        status="requires_confirmation" if method else "requires_payment_method",
    )
    return _try(work, setup, method) if method and params.get("confirm") else setup


def confirm(work: Work, params: Json) -> Json:
    """Try to make the method ready, the one given or the one it has."""
    setup = work.get("setup_intent", params["id"])
    if setup["status"] in {"canceled", "succeeded"}:
        raise _unexpected(setup, "confirmed")
    chosen = params.get("payment_method") or setup["payment_method"]
    if chosen is None:
        raise missing("payment_method")
    return _try(work, setup, payment_methods.find(work, chosen))


def _try(work: Work, setup: Json, method: Json) -> Json:
    setup = setup_intents.attempt(work, setup, method)
    if error := setup["status"] == "requires_payment_method" and setup["last_setup_error"]:
        raise card_error(error["message"], error["code"], error.get("decline_code"), setup_intent=setup)
    return setup


def cancel(work: Work, params: Json) -> Json:
    """Give a setup intent up."""
    setup = work.get("setup_intent", params["id"])
    if setup["status"] in {"canceled", "succeeded"}:
        raise _unexpected(setup, "canceled")
    canceled = {"status": "canceled", "cancellation_reason": params.get("cancellation_reason"), "next_action": None}
    return work.change(setup, event="setup_intent.canceled", **canceled)


def _unexpected(setup: Json, verb: str) -> Exception:
    words = f"This SetupIntent could not be {verb} because it has a status of {setup['status']}."
    return refused(words, code="setup_intent_unexpected_state")


_CREATE: Declared = {
    "confirm": flag,
    "customer": text(),
    "description": text(1000, unset=True),
    "metadata": metadata,
    "payment_method": text(),
    "payment_method_types": rows_of(one_of("card", "sepa_debit"), 10),  # the older name, which scripts still use
    "return_url": web_address,
    "usage": one_of("off_session", "on_session"),
}
_REASONS = one_of("abandoned", "duplicate", "requested_by_customer")

OPERATIONS = (
    Operation("POST", "/v1/setup_intents", create, _CREATE),
    Operation("POST", "/v1/setup_intents/<id>/confirm", confirm, {"payment_method": text(), "return_url": web_address}),
    Operation("POST", "/v1/setup_intents/<id>/cancel", cancel, {"cancellation_reason": _REASONS}),
)
