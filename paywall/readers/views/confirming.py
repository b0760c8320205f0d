"""`/confirm/…`: a reader shows that mail reaches her. Nobody has to, before paying or reading."""

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue

from paywall.errors import BadInput
from paywall.readers import current as who
from paywall.readers import letters, links
from paywall.readers.accounts import confirm
from paywall.readers.email_address import parse_email
from paywall.readers.finding import reader_by_email
from paywall.readers.views.pages import HOME, desk, errors_of, keep_address_secret, page
from paywall.readers.views.resetting import reader_of
from paywall.web import current, limits
from paywall.web.forms import read_form
from paywall.web.limits import Ceilings, Pace

blueprint = Blueprint("confirming", __name__)

ASK = Ceilings("ask-confirmation", account=Pace(5, 60), network=Pace(30, 15), everybody=Pace(300, 1))


@blueprint.get("/confirm")
def form() -> ResponseReturnValue:
    """Show the form that asks for another link."""
    reader = who.reader()
    return page("confirm_again", email=reader.email if reader else "")


@blueprint.post("/confirm")
def ask() -> ResponseReturnValue:
    """Mail another link; the answer is the same whether there is anything to confirm or not."""
    filled = read_form()
    try:
        address = parse_email(filled.text("email"))
    except BadInput as problem:
        return page("confirm_again", 422, email=filled.text_or("email")[:320], errors=errors_of(problem))
    limits.spend(ASK, address.normalized)
    reader = reader_by_email(current.session(), current.publisher().id, address.normalized)
    waits = reader is not None and reader.active and reader.confirmed_at is None
    letters.send_confirmation(current.session(), desk(), reader if waits else None)
    return page("confirm_sent", email=filled.text("email"))


@blueprint.get("/confirm/<token>")
def look(token: str) -> ResponseReturnValue:
    """Show the button; programs that open every link of a mail confirm nothing by it."""
    try:
        reader = reader_of(links.Purpose.CONFIRM, token)
    except (links.LinkBroken, links.LinkSpent) as dead:
        return _dead(dead.status, dead.sentence)
    if reader.confirmed_at:
        return _dead(410, "This address is confirmed. There is nothing left to do.")
    return keep_address_secret(page("confirm", email=reader.email))


@blueprint.post("/confirm/<token>")
def spend(token: str) -> ResponseReturnValue:
    """Confirm the address."""
    try:
        reader = reader_of(links.Purpose.CONFIRM, token)
    except (links.LinkBroken, links.LinkSpent) as dead:
        return _dead(dead.status, dead.sentence)
    if not confirm(current.session(), reader):
        return _dead(410, "This address is confirmed. There is nothing left to do.")
    flash("Your address is confirmed.", "good")
    return redirect(HOME if who.reader() else "/login", 303)


def _dead(status: int, sentence: str) -> ResponseReturnValue:
    return keep_address_secret(page("dead_link", status, sentence=sentence, again="/confirm"))
