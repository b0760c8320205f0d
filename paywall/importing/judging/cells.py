"""What a single cell may hold. Each function returns its value, or raises BadCell with a sentence for people."""

import re
import unicodedata

from paywall.billing.catalogue.money import Money
from paywall.errors import BadInput
from paywall.readers.email_address import LONGEST, EmailAddress, parse_email

LONGEST_TEXT = 200
_MOST_MARKS = 4
_IDS = {"cus": re.compile(r"cus_[A-Za-z0-9]{1,64}"), "sub": re.compile(r"sub_[A-Za-z0-9]{1,64}")}
_WHOLE = re.compile(r"[0-9]{1,9}")
_CODE = re.compile(r"[A-Z]{3}")
_NO_CURRENCY = frozenset({"XXX", "XTS"})


class BadCell(ValueError):
    """A cell holds what can't be taken; its text is a sentence for people."""


def address(text: str) -> EmailAddress:
    """Return the address."""
    if len(text) > LONGEST:
        raise BadCell("This is too long for an e-mail address.")
    try:
        return parse_email(text)
    except BadInput as bad:
        raise BadCell("This is no e-mail address." if text else "The address is missing.") from bad


def words(text: str) -> str:
    """Return a name as it stands there: a plan, a source, a person. A formula is text like any other."""
    if len(text) > LONGEST_TEXT:
        raise BadCell(f"This is longer than {LONGEST_TEXT} characters.")
    if any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for c in text):
        raise BadCell("This holds a character that can't be seen. Write it again.")
    if sum(unicodedata.combining(c) > 0 for c in unicodedata.normalize("NFC", text)) > _MOST_MARKS:
        raise BadCell("This holds more accents than letters can carry.")
    return text


def stripe_id(text: str, kind: str) -> str:
    """Return an id of that kind: `cus` or `sub`."""
    if not _IDS[kind].fullmatch(text):
        raise BadCell(f"An id of Stripe's begins with {kind}_ and goes on in letters and digits.")
    return text


def picked_id(text: str, kind: str) -> str:
    """Return the id of that kind among other things; empty if there is none."""
    found = re.search(rf"(?<![A-Za-z0-9]){_IDS[kind].pattern}(?![A-Za-z0-9_])", text)
    return found[0] if found else ""


def amount(text: str) -> int:
    """Return an amount of money in the currency's smallest unit."""
    if not _WHOLE.fullmatch(text):
        raise BadCell("Write the amount as a whole number of the smallest unit: 999 for 9.99.")
    return int(text)


def currency(text: str) -> str:
    """Return the code of a currency, in capitals."""
    code = text.upper()
    if not _CODE.fullmatch(code) or code in _NO_CURRENCY or not _is_known(code):
        raise BadCell("This is no currency. Write its three letters, such as EUR.")
    return code


def _is_known(code: str) -> bool:
    try:
        return bool(Money(1, code))
    except ValueError:
        return False
