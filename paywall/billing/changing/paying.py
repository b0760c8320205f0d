"""Putting a payment right: Stripe's page for the open invoice, Stripe's page for another card."""

from paywall.billing.changing.asking import current, tell_stripe
from paywall.billing.checkout.tables import customer_of
from paywall.billing.parts import Billing
from paywall.billing.snapshots.fields import id_of, whole
from paywall.billing.stripe_calls.asking import Json
from paywall.billing.subscriptions.reading import invoices_of_reader
from paywall.billing.subscriptions.status import ENDED
from paywall.billing.subscriptions.tables import Subscription
from paywall.billing.syncing.sync import sync_subscription
from paywall.errors import NotFound


class NothingToPay(NotFound):
    """There is nothing to pay just now."""

    code = "nothing_to_pay"


class NoPaymentsYet(NotFound):
    """You have no payments with us yet."""

    code = "no_payments_yet"


def portal_address(billing: Billing, reader_id: int, return_url: str) -> str:
    """Return the address of Stripe's billing portal; raises NoPaymentsYet."""
    return _portal(billing, reader_id, return_url, None)


def card_address(billing: Billing, reader_id: int, return_url: str, done_url: str) -> str:
    """Return the address of Stripe's page for another card, which leads to `done_url`; raises NoPaymentsYet."""
    done = {"type": "redirect", "redirect": {"return_url": done_url}}
    return _portal(billing, reader_id, return_url, {"type": "payment_method_update", "after_completion": done})


def look_again(billing: Billing, reader_id: int) -> Subscription | None:
    """Return the reader's subscription as Stripe knows it now, with the card that will be charged."""
    row = current(billing, reader_id)
    if row is None:
        return None
    sync_subscription(billing, row.stripe_id)
    return current(billing, reader_id)


def take_new_card(billing: Billing, reader_id: int) -> Subscription | None:
    """Have the card charged that the reader has just given Stripe, and return the subscription with it.

    Checkout ties its card to the subscription, which goes before the customer's own; so that tie is cut.
    """
    row = current(billing, reader_id)
    if row is None:
        return None
    found = billing.gateway.retrieve_subscription(row.stripe_id, expand=("customer",))
    usual = id_of(whole(whole(found.get("customer")).get("invoice_settings")).get("default_payment_method"))
    tied = id_of(found.get("default_payment_method"))
    if found["status"] not in ENDED and tied and usual and tied != usual:
        tell_stripe(billing, row.stripe_id, {"default_payment_method": ""})
    return look_again(billing, reader_id)


def pay_address(billing: Billing, reader_id: int) -> str:
    """Return Stripe's page of the reader's oldest open invoice; raises NothingToPay."""
    with billing.database.reading() as session:
        waiting = [one.stripe_id for one in invoices_of_reader(session, reader_id) if one.status == "open"]
    if not waiting:
        raise NothingToPay
    return invoice_address(billing, waiting[-1])


def invoice_address(billing: Billing, invoice_id: str) -> str:
    """Return Stripe's page where an invoice can be paid, fresh from Stripe; raises NothingToPay."""
    found = billing.gateway.retrieve_invoice(invoice_id)
    if found.get("status") != "open" or not found.get("hosted_invoice_url"):
        raise NothingToPay
    return str(found["hosted_invoice_url"])


def _portal(billing: Billing, reader_id: int, return_url: str, flow: Json | None) -> str:
    with billing.database.reading() as session:
        customer = customer_of(session, reader_id)
    if customer is None:
        raise NoPaymentsYet
    return str(billing.gateway.create_portal_session(customer, return_url, flow)["url"])
