"""`/confirm/…`: a reader shows that mail reaches her. Nobody has to, before paying or reading."""

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue

from paywall.errors import BadInput
from paywall.readers import current as who
from paywall.readers import letters, links
from paywall.readers.accounts import confirm
from paywall.readers.email_address import parse_email
from paywall.readers.finding import reader_by_email
from paywall.readers.tables import Reader
from paywall.readers.views.mailed_links import dead_link, reader_of
from paywall.readers.views.pages import HOME, desk, errors_of, keep_address_secret, page
from paywall.web import current, limits
from paywall.web.forms import read_form
from paywall.web.limits import Ceilings, Pace

blueprint = Blueprint("confirming", __name__)
FORM = "/confirm"

ASK = Ceilings("ask-confirmation", account=Pace(5, 60), network=Pace(30, 15), everybody=Pace(300, 1))


@blueprint.get(FORM)
def form() -> ResponseReturnValue:
    """Show the form that asks for another link."""
    reader = who.reader()
    return page("confirm_again", email=reader.email if reader else "")


@blueprint.post(FORM)
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
        reader = _reader_to_confirm(token)
    except links.DeadLink as dead:
        return dead_link(dead, FORM)
    return keep_address_secret(page("confirm", email=reader.email))


@blueprint.post("/confirm/<token>")
def spend(token: str) -> ResponseReturnValue:
    """Confirm the address."""
    try:
        if not confirm(current.session(), _reader_to_confirm(token)):
            raise links.AlreadyConfirmed
    except links.DeadLink as dead:
        return dead_link(dead, FORM)
    flash("Your address is confirmed.", "good")
    return redirect(HOME if who.reader() else "/login", 303)


def _reader_to_confirm(token: str) -> Reader:
    reader = reader_of(links.Purpose.CONFIRM, token)
    if reader.confirmed_at:
        raise links.AlreadyConfirmed
    return reader
