"""Payment methods: cards and bank accounts that belong to a customer. Of each no more is kept than its last four."""

from dataclasses import asdict
from datetime import UTC, datetime

from paywall.sandbox.payments import cards
from paywall.sandbox.payments.cards import TypedCard, card_facts, token_card
from paywall.sandbox.payments.debits import accounts
from paywall.sandbox.state.errors import card_error, no_such, refused
from paywall.sandbox.state.shapes import Json, shape
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.paging import equals
from paywall.sandbox.wire.params import Declared, integer, merged, metadata, one_of, required, shape_of, text
from paywall.sandbox.wire.routes import Operation, listing, retrieving


def from_card(work: Work, card: TypedCard, *, name: str | None = None, country: str | None = None) -> Json:
    """Store the facts of a card as a payment method that belongs to nobody yet."""
    private = {"card": asdict(card.test_card)}
    return work.add("payment_method", private=private, billing_details=_billed(name, country), card=card_facts(card))


def from_account(work: Work, number: str, *, name: str | None = None, email: str | None = None) -> Json:
    """Store the facts of a test bank account as a payment method that belongs to nobody yet."""
    details = {**_billed(name, number[:2]), "email": email}
    facts = accounts.account_facts(number)
    private = {"debit": accounts.ACCOUNTS[number]}
    return work.add("payment_method", private=private, type="sepa_debit", billing_details=details, sepa_debit=facts)


def _billed(name: str | None, country: str | None) -> Json:
    details = shape("payment_method")["billing_details"]
    return {**details, "name": name, "address": {**details["address"], "country": country}}


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
    method = find(work, params["id"], "id")
    if method["type"] == "card" and not (card := cards.TestCard(**work.store.private(method["id"])["card"])).attaches:
        raise card_error(card.message, card.code, card.decline_code)
    if method["customer"] not in {None, customer["id"]}:
        raise refused("The payment method you provided has already been attached to a customer.")
    return attach_to(work, method, customer["id"])


def find(work: Work, identifier: str, param: str = "payment_method") -> Json:
    """Return a stored method, or a new one for one of Stripe's ready-made names such as `pm_card_visa`."""
    return ready_made(work, identifier) or work.get("payment_method", identifier, param)


def ready_made(work: Work, token: str) -> Json | None:
    """Make the method that a ready-made name stands for; None for any other name."""
    if token in accounts.TOKENS:
        return from_account(work, accounts.TOKENS[token], name="Jenny Rosen", email="jenny.rosen@example.com")
    card = token_card(token, datetime.fromtimestamp(work.now, UTC).year)
    return from_card(work, card) if card else None


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
    """Change a method's metadata, whom it bills, or when its card expires."""
    method = work.get("payment_method", params.pop("id"))
    if "card" in params and method["type"] != "card":
        raise refused("You cannot update `card` of a PaymentMethod of another type.", "card")
    changes: Json = {name: params[name] for name in ("allow_redisplay",) if name in params}
    if "metadata" in params:
        changes["metadata"] = merged(method["metadata"], params["metadata"])
    if "card" in params:
        changes["card"] = {**method["card"], **params["card"]}
    if "billing_details" in params:
        changes["billing_details"] = billing(method["billing_details"], params["billing_details"])
    return work.change(method, event="payment_method.updated", **changes)


def billing(old: Json, new: Json) -> Json:
    """Return whom a method bills after a change."""
    return {**old, **new, "address": {**old["address"], **(new.get("address") or {})}}


def replace_card(work: Work, method: Json, exp_month: int, exp_year: int) -> Json:
    """Let the card's network tell of a card sent in its place, which goes on longer; charges go on as before."""
    card = {**method["card"], "exp_month": exp_month, "exp_year": exp_year}
    return work.change(method, event="payment_method.automatically_updated", card=card)


def default_for(work: Work, customer_id: str, subscription: Json | None = None) -> Json | None:
    """Return the method a renewal is taken from: the subscription's, else the customer's default."""
    customer = work.get("customer", customer_id)
    chosen = subscription and subscription["default_payment_method"]
    identifier = chosen or customer["invoice_settings"]["default_payment_method"]
    return work.store.get("payment_method", identifier) if identifier else None


def make_default(work: Work, method: Json, customer_id: str, subscriptions: list[Json]) -> None:
    """Take what is due from this method from now on: the customer's default, and that of the subscriptions given."""
    customer = work.get("customer", customer_id)
    settings = {**customer["invoice_settings"], "default_payment_method": method["id"]}
    work.change(customer, event="customer.updated", invoice_settings=settings)
    for subscription in subscriptions:
        work.change(subscription, event="customer.subscription.updated", default_payment_method=method["id"])


def of_customer(work: Work, params: Json) -> Json:
    """Return one method of one customer."""
    customer = work.get("customer", params["customer"])
    method = work.get("payment_method", params["id"])
    if method["customer"] != customer["id"]:
        raise no_such("payment_method", params["id"])
    return method


def list_of_customer(work: Work, params: Json) -> Json:
    """Return the methods of one customer."""
    customer = work.get("customer", params.pop("customer"))
    return _LIST.handler(work, {**params, "customer": customer["id"]})


_FILTERS = {"customer": equals("customer"), "type": equals("$.type", one_of("card", "sepa_debit"))}
_LIST = listing("/v1/payment_methods", "payment_method", _FILTERS)
_ADDRESS: Declared = {name: text(unset=True) for name in ("city", "country", "line1", "line2", "postal_code", "state")}
BILLING: Declared = {
    **{name: text(unset=True) for name in ("email", "name", "phone")},
    "address": shape_of(_ADDRESS, unset=True),
}
_UPDATE: Declared = {
    "allow_redisplay": one_of("always", "limited", "unspecified"),
    "billing_details": shape_of(BILLING),
    "card": shape_of({"exp_month": integer(1, 12), "exp_year": integer(2000, 2100)}),
    "metadata": metadata,
}
_OWN = "/v1/customers/<customer>/payment_methods"

OPERATIONS: tuple[Operation, ...] = (
    retrieving("/v1/payment_methods/<id>", "payment_method"),
    _LIST,
    Operation("POST", "/v1/payment_methods/<id>", update, _UPDATE),
    Operation("POST", "/v1/payment_methods/<id>/attach", attach, {"customer": required(text())}),
    Operation("POST", "/v1/payment_methods/<id>/detach", detach),
    Operation("GET", f"{_OWN}/<id>", of_customer),
    Operation("GET", _OWN, list_of_customer, {name: each for name, each in _LIST.params.items() if name != "customer"}),
)
