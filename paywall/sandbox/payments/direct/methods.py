"""Payment methods made by a call: from one of Stripe's test tokens, or from a test IBAN. Card numbers are refused."""

from paywall.sandbox.payments import payment_methods
from paywall.sandbox.payments.debits import accounts
from paywall.sandbox.state.errors import invalid, missing
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.params import Declared, merged, metadata, one_of, required, shape_of, text
from paywall.sandbox.wire.routes import Operation

_TOKEN, _METHOD = "tok_", "pm_card_"


def create(work: Work, params: Json) -> Json:
    """Make a payment method that belongs to nobody yet."""
    method = _of_account(work, params) if params["type"] == "sepa_debit" else _of_card(work, params)
    changes: Json = {"metadata": merged({}, params.get("metadata", {}))}
    if "billing_details" in params:
        changes["billing_details"] = payment_methods.billing(method["billing_details"], params["billing_details"])
    return work.change(method, **changes)


def _of_card(work: Work, params: Json) -> Json:
    if "card" not in params:
        raise missing("card")
    return by_token(work, params["card"]["token"], "card[token]")


def by_token(work: Work, token: str, name: str) -> Json:
    """Make the method that a test token such as `tok_visa` stands for."""
    known = token.replace(_TOKEN, _METHOD, 1) if token.startswith(_TOKEN) else ""
    method = payment_methods.ready_made(work, known)
    if method is None:
        raise invalid(f"No such token: '{token}'", name, "resource_missing")
    return method


def _of_account(work: Work, params: Json) -> Json:
    if "sepa_debit" not in params:
        raise missing("sepa_debit")
    number, problem = accounts.read_iban(params["sepa_debit"]["iban"])
    if problem:
        raise invalid(problem, "sepa_debit[iban]", "invalid_bank_account_iban")
    return payment_methods.from_account(work, number)


_CREATE: Declared = {
    "billing_details": shape_of(payment_methods.BILLING),
    "card": shape_of({"token": required(text())}),
    "metadata": metadata,
    "sepa_debit": shape_of({"iban": required(text())}),
    "type": required(one_of("card", "sepa_debit")),
}

OPERATIONS = (Operation("POST", "/v1/payment_methods", create, _CREATE),)
