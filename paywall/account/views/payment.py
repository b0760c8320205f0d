"""Putting a payment right: the open invoice, another card, Stripe's portal."""

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue

from paywall.account.views.pages import account, page, reader_id, site, to_the_account
from paywall.billing.changing.paying import (
    NothingToPay,
    card_address,
    look_again,
    pay_address,
    portal_address,
    take_new_card,
)
from paywall.billing.parts import billing
from paywall.readers.current import sign_in_required
from paywall.web.cookies import drop_pass

blueprint = Blueprint("payment", __name__)


@blueprint.get("/account/payment")
@sign_in_required
def show() -> ResponseReturnValue:
    """Show how a payment that failed, or was never finished, can be made."""
    return page("payment", account=account())


@blueprint.get("/account/payment/open")
@sign_in_required
def pay() -> ResponseReturnValue:
    """Go to Stripe's page of the invoice that is open; changes nothing."""
    try:
        return redirect(pay_address(billing(), reader_id()), 303)
    except NothingToPay:
        flash("There is nothing to pay just now.")
        look_again(billing(), reader_id())
    return to_the_account()


@blueprint.post("/account/payment/card")
@sign_in_required
def change_card() -> ResponseReturnValue:
    """Go to Stripe's page for another card."""
    home = site()
    done = f"{home}/account/payment/card"
    return redirect(card_address(billing(), reader_id(), f"{home}/account", done), 303)


@blueprint.get("/account/payment/card")
@sign_in_required
def card_changed() -> ResponseReturnValue:
    """Say which card pays from now on; where a payment is open, it comes next."""
    row = take_new_card(billing(), reader_id())
    drop_pass()
    if row is not None and row.card_last4:
        flash(f"Your card ending in {row.card_last4} pays from now on.", "good")
    return redirect("/account/payment" if account().has_open_invoice else "/account", 303)


@blueprint.post("/account/billing-portal")
@sign_in_required
def billing_portal() -> ResponseReturnValue:
    """Go to Stripe's own pages for cards and invoices."""
    return redirect(portal_address(billing(), reader_id(), f"{site()}/account"), 303)
