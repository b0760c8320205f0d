"""The account page, and the choice of mails."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from paywall.account.views.pages import account, page
from paywall.billing.letters.choices import switch_mails
from paywall.readers.current import sign_in_required, the_reader
from paywall.web import current
from paywall.web.forms import read_form

blueprint = Blueprint("account", __name__)


@blueprint.get("/account")
@sign_in_required
def show() -> ResponseReturnValue:
    """Show how the reader stands."""
    return page("account", account=account())


@blueprint.post("/account/mails")
@sign_in_required
def choose_mails() -> ResponseReturnValue:
    """Switch a kind of mail on or off."""
    form = read_form()
    switch_mails(current.session(), the_reader().id, form.text("kind"), on=form.text("on") == "yes")
    return redirect("/account#mails", 303)
