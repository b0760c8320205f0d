"""How pressing a pay button may end, whatever is paid, and the sentences for a payer whose card was refused."""

from dataclasses import dataclass, field
from typing import Literal

from paywall.sandbox.state.shapes import Json

INSUFFICIENT = "Your card has insufficient funds. Try a different card."
DECLINED = "Your credit card was declined. Try paying with a debit card instead."


@dataclass(frozen=True)
class Paid:
    """How it ended: paid (a debit: begun), to be authenticated, or with errors beside the fields."""

    outcome: Literal["paid", "authenticate", "errors"]
    errors: dict[str, str] = field(default_factory=dict)


def outcome_of(intent: Json) -> Paid:
    """Return how an attempt ended, by the status of its payment intent or setup intent."""
    if intent["status"] == "requires_action":
        return Paid("authenticate")
    if intent["status"] in {"succeeded", "processing"}:
        return Paid("paid")
    return Paid("errors", {"card_number": _sentence(intent)})


def _sentence(intent: Json) -> str:
    """Return what a payer reads; only of a payment is it said what else to pay with."""
    if intent["object"] == "setup_intent":
        return str(intent["last_setup_error"]["message"])
    error = intent["last_payment_error"]
    known = {"insufficient_funds": INSUFFICIENT, "generic_decline": DECLINED}
    return known.get(str(error.get("decline_code")), str(error["message"]))
