"""Test cards: what each number stands for, and the checks of what a person types. A number is never stored."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from paywall.sandbox.state.shapes import Json, shape

Outcome = Literal[
    "succeeds",
    "declines",
    "authenticates",
    "authenticates_on_session",
    "authenticates_until_set_up",
    "authenticates_then_declines",
]
Afterwards = Literal["dispute", "inquiry", "refund_pending", "refund_fails"]

_MONTHS = 12
_SHORTEST, _LONGEST = 12, 19


@dataclass(frozen=True)
class TestCard:
    """How a charge to a test card ends, with code and sentence of a decline, and what becomes of the charge later."""

    __test__ = False
    outcome: Outcome = "succeeds"
    code: str = "card_declined"
    decline_code: str | None = None
    message: str = ""
    attaches: bool = True
    brand: str = "visa"
    afterwards: Afterwards | None = None


GENERIC = "Your card was declined."
NOT_A_TEST_CARD = (
    "Your card was declined. Your request was in test mode, but used a non test card. "
    "For a list of valid test cards, visit: https://stripe.com/docs/testing."
)

POOR = "Your card has insufficient funds."
EXPIRED = "Your card has expired."

TEST_CARDS = {
    "4242424242424242": TestCard(),
    "5555555555554444": TestCard(brand="mastercard"),
    "4000000000000002": TestCard("declines", "card_declined", "generic_decline", GENERIC, attaches=False),
    "4000000000000069": TestCard("declines", "expired_card", None, EXPIRED, attaches=False),
    "4000000000000341": TestCard("declines", "card_declined", "generic_decline", GENERIC),
    "4000000000009995": TestCard("declines", "card_declined", "insufficient_funds", POOR, attaches=False),
    "4000000000000259": TestCard(afterwards="dispute"),
    "4000000000001976": TestCard(afterwards="inquiry"),
    "4000000000005126": TestCard(afterwards="refund_fails"),
    "4000000000007726": TestCard(afterwards="refund_pending"),
    "4000002500003155": TestCard("authenticates_until_set_up"),
    "4000002760003184": TestCard("authenticates"),
    "4000003800000446": TestCard("authenticates_on_session"),
    "4000008260003178": TestCard("authenticates_then_declines", "card_declined", "insufficient_funds", POOR),
}

UNKNOWN_CARD = TestCard("declines", "card_declined", "test_mode_live_card", NOT_A_TEST_CARD, attaches=False)

# Stripe's ready-made payment methods, for scripts that attach a card without a page.
TOKENS = {
    "pm_card_visa": "4242424242424242",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_chargeCustomerFail": "4000000000000341",
    "pm_card_authenticationRequired": "4000002760003184",
    "pm_card_threeDSecure2Required": "4000002760003184",
    "pm_card_bypassPending": "4242424242424242",
    "pm_card_visa_chargeDeclined": "4000000000000002",
    "pm_card_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_chargeDeclinedExpiredCard": "4000000000000069",
    "pm_card_createDispute": "4000000000000259",
    "pm_card_createDisputeInquiry": "4000000000001976",
    "pm_card_pendingRefund": "4000000000007726",
    "pm_card_refundFail": "4000000000005126",
    "pm_card_authenticationRequiredOnSetup": "4000002500003155",
    "pm_card_authenticationRequiredSetupForOffSession": "4000003800000446",
    "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds": "4000008260003178",
}


@dataclass(frozen=True)
class TypedCard:
    """A card as typed on a hosted page, checked; it lives only as long as the request."""

    number: str
    exp_month: int
    exp_year: int

    @property
    def test_card(self) -> TestCard:
        """Return what the number stands for; a number that is no test card is declined."""
        return TEST_CARDS.get(self.number, UNKNOWN_CARD)


def asks(card: TestCard, *, off_session: bool, is_set_up: bool) -> bool:
    """Return whether the card's bank asks for 3-D Secure; off session the payer is not there to answer.

    `is_set_up` tells that the payer has authenticated this card before, for payments to come.
    """
    if card.outcome == "authenticates_on_session":
        return not off_session
    if card.outcome == "authenticates_until_set_up":
        return not (off_session and is_set_up)
    return card.outcome in {"authenticates", "authenticates_then_declines"}


def read_card(number: str, expiry: str, cvc: str, today: datetime) -> TypedCard | dict[str, str]:
    """Return the card, or the error beside each field that is wrong."""
    digits = re.sub(r"[\s-]", "", number)
    month, year = _expiry(expiry)
    errors = {
        "card_number": _number_error(digits),
        "card_expiry": _expiry_error(month, year, today),
        "card_cvc": "" if re.fullmatch(r"[0-9]{3,4}", cvc.strip()) else "Your card's security code is incomplete.",
    }
    found = {name: message for name, message in errors.items() if message}
    return found or TypedCard(digits, month, year)


def _number_error(digits: str) -> str:
    if not re.fullmatch(r"[0-9]*", digits):
        return "Your card number is invalid."
    if len(digits) < _SHORTEST:
        return "Your card number is incomplete."
    return "" if len(digits) <= _LONGEST and _luhn(digits) else "Your card number is invalid."


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def _expiry(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"\s*([0-9]{1,2})\s*[/\- ]?\s*((?:20)?[0-9]{2})\s*", text)
    return (int(match[1]), 2000 + int(match[2]) % 100) if match else (0, 0)


def _expiry_error(month: int, year: int, today: datetime) -> str:
    if not 1 <= month <= _MONTHS:
        return "Your card's expiration date is incomplete." if not month else "Your card's expiration date is invalid."
    if year < today.year:
        return "Your card's expiration year is in the past."
    return "Your card's expiration date is in the past." if (year, month) < (today.year, today.month) else ""


def token_card(token: str, year: int) -> TypedCard | None:
    """Return the card behind one of Stripe's ready-made payment methods, valid for five years more."""
    return TypedCard(TOKENS[token], _MONTHS, year + 5) if token in TOKENS else None


def card_facts(card: TypedCard) -> Json:
    """Return the part of a payment method that describes its card: brand, last four digits, expiry, a fingerprint."""
    brand = card.test_card.brand
    return {
        **shape("payment_method_card"),
        "brand": brand,
        "display_brand": brand,
        "networks": {"available": [brand], "preferred": None},
        "exp_month": card.exp_month,
        "exp_year": card.exp_year,
        "last4": card.number[-4:],
        "fingerprint": hashlib.sha256(f"sandbox card {card.number}".encode()).hexdigest()[:16],
    }
