"""The card form of checkout and portal: what was typed, what is shown again after an error, what is wrong with it."""

import re
from datetime import UTC, datetime

from werkzeug.wrappers import Request

from paywall.sandbox.payments.cards import TypedCard, read_card

_KEPT = ("card_expiry", "billing_name", "billing_country")
_FIELDS = ("card_number", "card_cvc", *_KEPT)


def card_form(request: Request) -> dict[str, str]:
    """Return the fields of a card form as typed, without surrounding blanks; absent ones are empty."""
    return {name: request.form.get(name, "").strip()[:200] for name in _FIELDS}


def shown_again(form: dict[str, str]) -> dict[str, str]:
    """Return what a form that is shown again still holds: never the number or the code."""
    return {name: form.get(name, "") for name in _KEPT}


def read_form(form: dict[str, str], now: int) -> TypedCard | dict[str, str]:
    """Return the card, or the errors beside the fields of a card form."""
    today = datetime.fromtimestamp(now, UTC)
    card = read_card(form["card_number"], form["card_expiry"], form["card_cvc"], today)
    errors = {} if isinstance(card, TypedCard) else card
    if not form["billing_name"]:
        errors["billing_name"] = "Enter the name on the card."
    if not re.fullmatch(r"[A-Z]{2}", form["billing_country"]):
        errors["billing_country"] = "Choose a country."
    return errors or card
