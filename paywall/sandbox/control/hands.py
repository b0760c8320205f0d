"""What a hand on the control page does to one customer, as operations of the API where there is one."""

from collections.abc import Callable

from paywall.sandbox.control.times import is_living
from paywall.sandbox.operations import OPERATIONS
from paywall.sandbox.payments.disputes import opening
from paywall.sandbox.state.errors import refused
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work

CARDS = {
    "pays": "pm_card_visa",
    "fails": "pm_card_chargeCustomerFail",
    "asks": "pm_card_authenticationRequired",
}
_HANDLERS = {f"{each.method} {each.path}": each.handler for each in OPERATIONS}


def switch_card(work: Work, customer_id: str, kind: str) -> None:
    """Let the next payments be taken from a card that pays, fails, or asks for 3-D Secure."""
    if kind not in CARDS:
        raise refused("There is no such card.")
    attach, update = _HANDLERS["POST /v1/payment_methods/<id>/attach"], _HANDLERS["POST /v1/customers/<id>"]
    method = attach(work, {"id": CARDS[kind], "customer": customer_id})
    update(work, {"id": customer_id, "invoice_settings": {"default_payment_method": method["id"]}})
    for subscription in work.store.select("subscription", "customer = ?", [customer_id]):
        if is_living(subscription) and subscription["default_payment_method"]:
            work.change(subscription, event="customer.subscription.updated", default_payment_method=method["id"])


def give_back(work: Work, customer_id: str) -> None:
    """Refund what is left of the latest charge."""
    _HANDLERS["POST /v1/refunds"](work, {"charge": _latest_charge(work, customer_id)["id"]})


def dispute(work: Work, customer_id: str) -> None:
    """Let the payer's bank dispute the latest charge."""
    opening.open_dispute(work, _latest_charge(work, customer_id))


def win(work: Work, customer_id: str) -> None:
    """Answer the dispute with the words that win."""
    evidence = {"uncategorized_text": "winning_evidence"}
    _HANDLERS["POST /v1/disputes/<id>"](work, {"id": _open_dispute(work, customer_id), "evidence": evidence})


def lose(work: Work, customer_id: str) -> None:
    """Give the dispute up."""
    _HANDLERS["POST /v1/disputes/<id>/close"](work, {"id": _open_dispute(work, customer_id)})


def delete(work: Work, customer_id: str) -> None:
    """Delete the customer, as somebody may in Stripe's dashboard."""
    _HANDLERS["DELETE /v1/customers/<id>"](work, {"id": customer_id})


def _latest_charge(work: Work, customer_id: str) -> Json:
    for charge in work.store.select("charge", "customer = ?", [customer_id]):
        if charge["status"] == "succeeded":
            return charge
    raise refused("This customer has not paid anything yet.")


def _open_dispute(work: Work, customer_id: str) -> str:
    for found in opening.of_charge(work, _latest_charge(work, customer_id)["id"]):
        if found["status"] not in opening.CLOSED:
            return str(found["id"])
    raise refused("This customer's latest payment is not in dispute.")


HANDS: dict[str, Callable[[Work, str], None]] = {
    "refund": give_back,
    "dispute": dispute,
    "win": win,
    "lose": lose,
    "delete": delete,
}
