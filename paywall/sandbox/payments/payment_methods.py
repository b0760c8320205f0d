"""Payment methods: cards that belong to a customer. Only brand, last four digits and expiry are kept of a card."""

from dataclasses import asdict
from datetime import UTC, datetime

from paywall.sandbox.payments.cards import TypedCard, card_facts, token_card
from paywall.sandbox.state.errors import card_error, no_such, refused
from paywall.sandbox.state.shapes import Json, shape
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.paging import equals
from paywall.sandbox.wire.params import merged, metadata, one_of, required, text
from paywall.sandbox.wire.routes import Operation, listing, retrieving


def from_card(work: Work, card: TypedCard, *, name: str | None = None, country: str | None = None) -> Json:
    """Store the facts of a card as a payment method that belongs to nobody yet."""
    details = shape("payment_method")["billing_details"]
    details |= {"name": name, "address": {**details["address"], "country": country}}
    private = {"card": asdict(card.test_card)}
    return work.add("payment_method", private=private, billing_details=details, card=card_facts(card))


def attach_to(work: Work, method: Json, customer: str) -> Json:
    """Make the method the customer's."""
    return (
        work.change(method, event="payment_method.attached", customer=customer)
        if method["customer"] is None
        else method
    )


def attach(work: Work, params: Json) -> Json:
    """Attach a stored method, or one of Stripe's ready-made `pm_card_…`; some cards are refused already here."""
    customer = work.get("customer", params["customer"], "customer")
    card = token_card(params["id"], datetime.fromtimestamp(work.now, UTC).year)
    if card and not card.test_card.attaches:
        raise card_error(card.test_card.message, card.test_card.code, card.test_card.decline_code)
    method = from_card(work, card) if card else work.get("payment_method", params["id"])
    if method["customer"] not in {None, customer["id"]}:
        raise refused("The payment method you provided has already been attached to a customer.")
    return attach_to(work, method, customer["id"])


def detach(work: Work, params: Json) -> Json:
    """Take a method away from its customer, and from where it was the default."""
    method = work.get("payment_method", params["id"])
    if method["customer"] is None:
        raise refused("The payment method you provided is not attached to a customer so detachment is impossible.")
    customer = work.get("customer", method["customer"])
    if customer["invoice_settings"]["default_payment_method"] == method["id"]:
        settings = {**customer["invoice_settings"], "default_payment_method": None}
        work.change(customer, event="customer.updated", invoice_settings=settings)
    for subscription in work.store.select("subscription", "customer = ?", [customer["id"]]):
        if subscription["default_payment_method"] == method["id"]:
            work.change(subscription, event="customer.subscription.updated", default_payment_method=None)
    return work.change(method, event="payment_method.detached", customer=None)


def update(work: Work, params: Json) -> Json:
    """Change a method's metadata."""
    method = work.get("payment_method", params["id"])
    return work.change(method, event="payment_method.updated", metadata=merged(method["metadata"], params["metadata"]))


def default_for(work: Work, customer_id: str, subscription: Json | None = None) -> Json | None:
    """Return the method a renewal is taken from: the subscription's, else the customer's default."""
    customer = work.get("customer", customer_id)
    chosen = subscription and subscription["default_payment_method"]
    identifier = chosen or customer["invoice_settings"]["default_payment_method"]
    return work.store.get("payment_method", identifier) if identifier else None


def of_customer(work: Work, params: Json) -> Json:
    """Return one method of one customer."""
    customer = work.get("customer", params["customer"])
    method = work.get("payment_method", params["id"])
    if method["customer"] != customer["id"]:
        raise no_such("payment_method", params["id"])
    return method


_FILTERS = {"customer": equals("customer"), "type": equals("$.type", one_of("card"))}

OPERATIONS = (
    retrieving("/v1/payment_methods/<id>", "payment_method"),
    listing("/v1/payment_methods", "payment_method", _FILTERS),
    Operation("POST", "/v1/payment_methods/<id>", update, {"metadata": required(metadata)}),
    Operation("POST", "/v1/payment_methods/<id>/attach", attach, {"customer": required(text())}),
    Operation("POST", "/v1/payment_methods/<id>/detach", detach),
    Operation("GET", "/v1/customers/<customer>/payment_methods/<id>", of_customer),
)
