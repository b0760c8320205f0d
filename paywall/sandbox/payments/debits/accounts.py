"""Test bank accounts: what each of Stripe's published IBANs stands for. Of an IBAN only its last four are kept."""

import hashlib
import re
from typing import Literal

from paywall.sandbox.state.shapes import Json, shape

Outcome = Literal["succeeds", "fails", "disputed"]

ACCOUNTS: dict[str, Outcome] = {
    "AT611904300234573201": "succeeds",
    "AT321904300235473204": "succeeds",
    "AT861904300235473202": "fails",
    "AT591904300235473203": "disputed",
    "DE89370400440532013000": "succeeds",
    "DE62370400440532013001": "fails",
    "DE35370400440532013002": "disputed",
}

# Ready-made payment methods, for scripts that attach an account without a page.
TOKENS = {
    "pm_sepaDebit": "AT611904300234573201",
    "pm_success_at": "AT611904300234573201",
    "pm_failed_at": "AT861904300235473202",
    "pm_disputed_at": "AT591904300235473203",
}


def read_iban(typed: str) -> tuple[str, str]:
    """Return the account number without blanks, and what is wrong with it (empty: nothing)."""
    number = re.sub(r"\s", "", typed).upper()
    if not number:
        return "", "Enter an IBAN."
    if not _is_iban(number):
        return "", "Your IBAN is invalid."
    if number not in ACCOUNTS:
        return "", "This is a simulation: use one of the test IBANs below, never a real one."
    return number, ""


def _is_iban(number: str) -> bool:
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", number):
        return False
    digits = "".join(str(int(letter, 36)) for letter in number[4:] + number[:4])
    return int(digits) % 97 == 1


def account_facts(number: str) -> Json:
    """Return the part of a payment method that describes its account: bank, country, last four, a fingerprint."""
    return {
        **shape("payment_method_sepa_debit"),
        "bank_code": number[4:9] if number.startswith("AT") else number[4:12],
        "country": number[:2],
        "fingerprint": hashlib.sha256(f"sandbox account {number}".encode()).hexdigest()[:16],
        "last4": number[-4:],
    }
