"""Amounts for people: minor units become `€4.99`, a price becomes `€4.99 / month`."""

from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision

from paywall.sandbox.state.shapes import Json


def money(amount: int, currency: str) -> str:
    """Return an amount in minor units as English text."""
    digits = get_currency_precision(currency.upper())
    return format_currency(Decimal(amount).scaleb(-digits), currency.upper(), locale="en_US")


def price_text(price: Json) -> str:
    """Return what a price costs each interval."""
    recurring = price["recurring"]
    count, interval = recurring["interval_count"], recurring["interval"]
    each = f"/ {interval}" if count == 1 else f"every {count} {interval}s"
    return f"{money(price['unit_amount'], price['currency'])} {each}"
