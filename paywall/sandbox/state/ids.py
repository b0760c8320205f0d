"""Identifiers in Stripe's form: a prefix that says what it is, then letters and digits nobody can guess."""

import secrets
import string

_RANDOM = secrets.SystemRandom()
_ALPHABET = string.ascii_letters + string.digits

PREFIXES = {
    "balance_transaction": "txn",
    "billing_portal.configuration": "bpc",
    "billing_portal.session": "bps",
    "charge": "ch",
    "checkout.session": "cs_test",
    "customer": "cus",
    "discount": "di",
    "dispute": "du",
    "event": "evt",
    "invoice": "in",
    "invoice_payment": "inpay",
    "invoiceitem": "ii",
    "item": "li",
    "line_item": "il",
    "payment_intent": "pi",
    "payment_method": "pm",
    "price": "price",
    "product": "prod",
    "promotion_code": "promo",
    "refund": "re",
    "setup_intent": "seti",
    "subscription": "sub",
    "subscription_item": "si",
    "subscription_schedule": "sub_sched",
    "tax_rate": "txr",
    "test_helpers.test_clock": "clock",
    "webhook_endpoint": "we",
}


def token(length: int) -> str:
    """Return that many random letters and digits."""
    return "".join(_RANDOM.choices(_ALPHABET, k=length))


def new_id(kind: str) -> str:
    """Return a new identifier for an object of this kind."""
    length = {"checkout.session": 58, "customer": 14, "product": 14, "subscription_item": 14}.get(kind, 24)
    return f"{PREFIXES[kind]}_{token(length)}"


def new_secret(prefix: str) -> str:
    """Return a secret such as `whsec_…`."""
    return f"{prefix}_{token(32)}"
