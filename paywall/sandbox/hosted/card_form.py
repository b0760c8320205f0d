"""The payment forms of the hosted pages: what was typed, what is shown again after an error, what it stands for."""

import re
from datetime import UTC, datetime

from werkzeug.wrappers import Request

from paywall.sandbox.payments import payment_methods
from paywall.sandbox.payments.cards import TypedCard, read_card
from paywall.sandbox.payments.debits.accounts import read_iban
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work

_KEPT = ("card_expiry", "billing_name", "billing_country", "account_name")
_FIELDS = ("card_number", "card_cvc", "iban", "method", *_KEPT)


class FormErrors(Exception):
    """A form that cannot be taken, with a sentence for each field that is wrong."""

    def __init__(self, errors: dict[str, str]) -> None:
        """Take the sentences by the names of their fields."""
        super().__init__(", ".join(errors))
        self.errors = errors


def card_form(request: Request) -> dict[str, str]:
    """Return the fields of a payment form as typed, without surrounding blanks; absent ones are empty."""
    return {name: request.form.get(name, "").strip()[:200] for name in _FIELDS}


def shown_again(form: dict[str, str]) -> dict[str, str]:
    """Return what a form that is shown again still holds: never the number or the code."""
    return {name: form.get(name, "") for name in _KEPT}


def typed_method(work: Work, form: dict[str, str], *, with_debit: bool = False) -> Json:
    """Return the typed card, or bank account where one is taken, as a method of nobody's yet; raises FormErrors."""
    if with_debit and form["method"] == "sepa_debit":
        return _typed_account(work, form)
    card = _read_card(form, work.now)
    return payment_methods.from_card(work, card, name=form["billing_name"], country=form["billing_country"])


def _read_card(form: dict[str, str], now: int) -> TypedCard:
    today = datetime.fromtimestamp(now, UTC)
    card = read_card(form["card_number"], form["card_expiry"], form["card_cvc"], today)
    errors = {} if isinstance(card, TypedCard) else card
    if not form["billing_name"]:
        errors["billing_name"] = "Enter the name on the card."
    if not re.fullmatch(r"[A-Z]{2}", form["billing_country"]):
        errors["billing_country"] = "Choose a country."
    if errors or not isinstance(card, TypedCard):
        raise FormErrors(errors)
    return card


def _typed_account(work: Work, form: dict[str, str]) -> Json:
    number, error = read_iban(form["iban"])
    errors = {"iban": error} if error else {}
    if not form["account_name"]:
        errors["account_name"] = "Enter the name on the account."
    if errors:
        raise FormErrors(errors)
    return payment_methods.from_account(work, number, name=form["account_name"])
