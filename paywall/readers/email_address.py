"""E-mail addresses: what is taken for one, how it is kept, and when two are the same.

Kept as typed, but for the host, which is kept as it travels (`xn--…`). Two addresses are the same account if they are
equal after Unicode's NFKC and after lowering the letters A to Z, and nothing else: `casefold()` and `upper()` would
make one address of an i with and one without its dot, which are two people's. Dots and plus tags stay: what they mean
is the host's affair. A letter that NFKC replaces (ligatures, full-width letters) is refused, so that no account has an
invisible twin.
"""

import string
import unicodedata
from dataclasses import dataclass

import idna
from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from paywall.errors import BadInput

LONGEST = 254
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """An address as it is kept, and as it is compared."""

    kept: str
    normalized: str


def parse_email(text: str, field: str = "email") -> EmailAddress:
    """Return the address that was typed; raises BadInput for `field`. Asks no name server."""
    text = text.strip(" ")
    if not text:
        raise BadInput(field, "Enter your e-mail address.")
    parts = _parts(text, field)
    local = parts.local_part
    if unicodedata.normalize("NFKC", local) != local:
        raise BadInput(field, "Write the part before the @ in plain letters.")
    kept = f"{local}@{parts.ascii_domain}"
    return EmailAddress(kept, kept.translate(_LOWER))


def for_people(kept: str) -> str:
    """Return an address with its host in the letters that people read; anything else as it is."""
    local, at, host = kept.rpartition("@")
    if not at or not host.isascii():
        return kept
    try:
        return f"{local}@{idna.decode(host)}"
    except UnicodeError:
        return kept


def _parts(text: str, field: str) -> ValidatedEmail:
    sentence = "Enter an e-mail address like name@example.com."
    if len(text) > LONGEST:
        raise BadInput(field, sentence)
    try:
        # `test_environment` only means: addresses at hosts that end in .test are taken too
        return validate_email(text, check_deliverability=False, test_environment=True)
    except (EmailNotValidError, UnicodeError) as error:
        raise BadInput(field, sentence) from error
