"""The account's pages. Each change is one deed at Stripe, synced at once, so that the next page tells the new truth."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from paywall import clock
from paywall.account.overview import overview
from paywall.billing.parts import billing
from paywall.billing.subscriptions import changing as subscriptions
from paywall.billing.subscriptions.changing import NothingToCancel, NothingToResume
from paywall.readers.current import sign_in_required, the_reader
from paywall.web import current
from paywall.web.cookies import drop_pass

blueprint = Blueprint("account", __name__)


@blueprint.get("/account")
@sign_in_required
def show() -> ResponseReturnValue:
    """Show how the reader stands."""
    return render_template("account/account.html", **_context())


@blueprint.get("/account/subscription/cancellation")
@sign_in_required
def ask_cancellation() -> ResponseReturnValue:
    """Say what cancelling will do; changes nothing."""
    context = _context()
    if not context["account"].statement.can_cancel:
        return redirect("/account", 303)
    return render_template("account/cancellation.html", **context)


@blueprint.post("/account/subscription/cancellation")
@sign_in_required
def cancel() -> ResponseReturnValue:
    """Cancel at the end of what is paid for."""
    try:
        subscriptions.cancel_at_period_end(billing(), _reader_id())
    except NothingToCancel:
        flash("There was nothing to cancel.")
    drop_pass()
    return redirect("/account", 303)


@blueprint.post("/account/subscription/resumption")
@sign_in_required
def resume() -> ResponseReturnValue:
    """Take a cancellation back."""
    try:
        subscriptions.resume(billing(), _reader_id())
    except NothingToResume:
        flash("That subscription has ended; you can subscribe again.")
    drop_pass()
    return redirect("/account", 303)


@blueprint.get("/account/payment")
@sign_in_required
def payment() -> ResponseReturnValue:
    """Show how a payment that failed, or was never finished, can be made."""
    return render_template("account/payment.html", **_context())


@blueprint.post("/account/billing-portal")
@sign_in_required
def billing_portal() -> ResponseReturnValue:
    """Go to Stripe's own pages for cards and invoices."""
    return redirect(subscriptions.portal_address(billing(), _reader_id(), f"{_site()}/account"), 303)


def _context() -> dict[str, Any]:
    reader = the_reader()
    account = overview(current.session(), current.publisher(), reader.id, clock.now())
    return {"publisher": current.publisher(), "reader": reader, "account": account}


def _reader_id() -> int:
    """Return who asks, and let go of the database: Stripe is asked next."""
    reader_id = the_reader().id
    current.session().commit()
    return reader_id


def _site() -> str:
    """Return the address the reader came by: one of the publisher's own hosts, or this page would not be shown."""
    current.publisher()
    return f"{'https' if current.settings().is_https else 'http'}://{request.host.lower()}"
