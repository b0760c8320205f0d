"""What readers, banks and people at Stripe's dashboard do: each deed is tried, and may be refused in so many words."""

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from paywall.billing.changing import cancelling, pausing, resuming, switching
from paywall.billing.changing.choosing import choices
from paywall.billing.changing.previewing import preview_change
from paywall.billing.changing.reasons import Farewell, Feedback, Via
from paywall.billing.changing.switching import Order as Change
from paywall.billing.changing.switching import OutdatedPreview
from paywall.billing.checkout.starting import start_checkout
from paywall.billing.checkout.tables import customer_of
from paywall.billing.checkout.welcome import finish_checkout
from paywall.billing.ledger.refunding import refund
from paywall.billing.subscriptions.reading import current_subscription, invoices_of_reader
from paywall.billing.subscriptions.tables import Invoice, Subscription
from paywall.billing.syncing.ownership import Owner
from paywall.errors import PaywallError
from tests.proof.simulation.city import City
from tests.proof.simulation.plans import LOOKUP_KEYS

Deed = Callable[[City, int], None]

GOOD, DECLINED, FAILS_LATER = "4242424242424242", "4000000000000002", "4000000000000341"
_CARDS = (GOOD, GOOD, GOOD, GOOD, FAILS_LATER, DECLINED)


@dataclass(frozen=True)
class Standing:
    """What a reader has just then."""

    subscription: Subscription | None
    invoices: list[Invoice]
    customer: str | None


def standing(city: City, reader: int) -> Standing:
    with city.database.reading() as session:
        row = current_subscription(session, reader)
        return Standing(row, invoices_of_reader(session, reader), customer_of(session, reader))


# --- readers ---


def subscribe(city: City, reader: int) -> None:
    """Click, pay with some card, and come back, or close the window before."""
    address = start_checkout(city.billing, city.order(reader, city.chance.choice(LOOKUP_KEYS)))
    if not address.startswith("http") or city.chance.random() < 0.1:
        return
    city.pay(address, city.chance.choice(_CARDS))
    if city.chance.random() < 0.6:
        session_id = address.rpartition("/")[2].partition("?")[0].partition("#")[0]
        finish_checkout(city.billing, Owner(city.publisher.id, reader), session_id)


def subscribe_in_two_tabs(city: City, reader: int) -> None:
    """Open two pages, pay on both if both still take money."""
    pages = [start_checkout(city.billing, city.order(reader, key)) for key in city.chance.sample(LOOKUP_KEYS, 2)]
    for page in pages:
        if page.startswith("http"):
            city.pay(page, GOOD)


def cancel(city: City, reader: int) -> None:
    farewell = city.chance.choice([Farewell(), Farewell(Feedback.UNUSED, "no time")])
    cancelling.cancel(city.billing, standing(city, reader).subscription, farewell, Via.ACCOUNT)


def resume(city: City, reader: int) -> None:
    resuming.resume(city.billing, reader)


def pause(city: City, reader: int) -> None:
    pausing.pause(city.billing, reader, city.chance.choice([1, 2]), city.time.now())


def go_on(city: City, reader: int) -> None:
    pausing.go_on(city.billing, reader, city.time.now())


def switch(city: City, reader: int) -> None:
    row = standing(city, reader).subscription
    if row is None:
        return
    with city.database.reading() as session:
        others = choices(session, row, city.time.now())
    if not others:
        return
    wanted = city.chance.choice(others).lookup_key
    shown = preview_change(city.billing, reader, wanted, city.time.now())
    with suppress(OutdatedPreview):
        switching.switch(city.billing, reader, Change(wanted, shown.seal, shown.at), city.time.now())


def undo_switch(city: City, reader: int) -> None:
    switching.undo_switch(city.billing, reader)


def use_another_card(city: City, reader: int) -> None:
    customer = standing(city, reader).customer
    if customer is None:
        return
    card = city.chance.choice(["pm_card_visa", "pm_card_mastercard", "pm_card_chargeCustomerFail"])
    method = city.ask(lambda v1: v1.payment_methods.attach(card, {"customer": customer}))
    usual: Any = {"invoice_settings": {"default_payment_method": method["id"]}}
    city.ask(lambda v1: v1.customers.update(customer, usual))
    for found in city.gateway.list_subscriptions(customer):
        change = {"default_payment_method": method["id"]}
        city.gateway.update_subscription(found["id"], change, idempotency_key=secrets.token_hex(8))


def pay_open_invoice(city: City, reader: int) -> None:
    for invoice in standing(city, reader).invoices:
        if invoice.status == "open":
            city.ask(lambda v1, found=invoice.stripe_id: v1.invoices.pay(found))


# --- the newspaper, the bank, people at the dashboard ---


def refund_something(city: City, reader: int) -> None:
    paid = [one for one in standing(city, reader).invoices if one.paid_minor > one.refunded_minor]
    if not paid:
        return
    invoice = city.chance.choice(paid)
    amount = city.chance.choice([None, 100])
    refund(city.billing, invoice.stripe_id, amount_minor=amount, keeps_until=None, actor="reader:0")


def refund_at_the_dashboard(city: City, reader: int) -> None:
    paid = [one for one in _charges(city, reader) if one["paid"] and not one["refunded"] and not one["disputed"]]
    if paid:
        params = {"charge": city.chance.choice(paid)["id"]}
        city.gateway.create_refund(params, idempotency_key=secrets.token_hex(8))


def cancel_at_the_dashboard(city: City, reader: int) -> None:
    row = standing(city, reader).subscription
    if row is not None:
        city.gateway.cancel_subscription(row.stripe_id)


def set_an_end_at_the_dashboard(city: City, reader: int) -> None:
    row = standing(city, reader).subscription
    if row is not None:
        at = int((city.time.now() + timedelta(days=city.chance.randint(1, 40))).timestamp())
        city.gateway.update_subscription(row.stripe_id, {"cancel_at": at}, idempotency_key=secrets.token_hex(8))


def subscribe_at_the_dashboard(city: City, reader: int) -> None:
    """Somebody means well: a second subscription beside the first."""
    customer = standing(city, reader).customer
    prices = city.gateway.find_prices([city.chance.choice(LOOKUP_KEYS)])
    if customer is not None:
        params: Any = {"customer": customer, "items": [{"price": next(iter(prices.values()))["id"]}]}
        city.ask(lambda v1: v1.subscriptions.create(params))


def dispute(city: City, reader: int) -> None:
    paid = [one for one in _charges(city, reader) if one["paid"] and not one["disputed"] and not one["refunded"]]
    if paid:
        city.sandbox.open_dispute(city.chance.choice(paid)["id"])


def end_dispute(city: City, reader: int) -> None:
    for charge in _charges(city, reader):
        for one in city.gateway.list_disputes(charge["id"]) if charge["disputed"] else ():
            if one["status"] == "needs_response":
                _end(city, one["id"], wins=city.chance.random() < 0.6)


def _end(city: City, dispute_id: str, *, wins: bool) -> None:
    word = "winning_evidence" if wins else "losing_evidence"
    params: Any = {"evidence": {"uncategorized_text": word}, "submit": True}
    city.ask(lambda v1: v1.disputes.update(dispute_id, params))


def delete_the_customer(city: City, reader: int) -> None:
    customer = standing(city, reader).customer
    if customer is not None and city.chance.random() < 0.3:
        city.ask(lambda v1: v1.customers.delete(customer))


def _charges(city: City, reader: int) -> list[dict[str, Any]]:
    customer = standing(city, reader).customer
    return city.gateway.list_charges(customer) if customer else []


# --- what goes wrong ---


def stripe_fails(city: City, _reader: int) -> None:
    """The next calls fail, or are done and their answers lost."""
    for _ in range(city.chance.randint(1, 3)):
        kind: dict[str, Any] = city.chance.choice([{"status": 500}, {"drop_after_commit": True}, {"drop_before": True}])
        city.sandbox.faults.add("*", **kind)


def restart(city: City, _reader: int) -> None:
    city.restart()


DEEDS: dict[Deed, int] = {
    subscribe: 30,
    subscribe_in_two_tabs: 3,
    cancel: 6,
    resume: 4,
    pause: 3,
    go_on: 4,
    switch: 5,
    undo_switch: 2,
    use_another_card: 5,
    pay_open_invoice: 4,
    refund_something: 3,
    refund_at_the_dashboard: 2,
    cancel_at_the_dashboard: 1,
    set_an_end_at_the_dashboard: 1,
    subscribe_at_the_dashboard: 1,
    dispute: 3,
    end_dispute: 4,
    delete_the_customer: 1,
    stripe_fails: 6,
    restart: 1,
}
"""Each with how often it is done, beside the others."""


def attempt(city: City, deed: Deed, reader: int) -> bool:
    """Do a deed; returns whether it was done: what the product or Stripe refuses in so many words is no failure."""
    try:
        deed(city, reader)
    except PaywallError:
        return False
    return True
