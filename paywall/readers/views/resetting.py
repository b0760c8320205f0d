"""`/forgot-password` and `/reset-password/…`: a new password by a link in a mail."""

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue

from paywall.errors import BadInput
from paywall.readers import letters, links
from paywall.readers.accounts import confirm, set_password
from paywall.readers.email_address import parse_email
from paywall.readers.finding import reader_by_email
from paywall.readers.passwords import check_new_password, hash_password
from paywall.readers.sign_ins import sign_in
from paywall.readers.tables import Reader
from paywall.readers.views.mailed_links import dead_link, reader_of
from paywall.readers.views.pages import HOME, desk, errors_of, keep_address_secret, page, release_connection
from paywall.web import current, limits
from paywall.web.forms import read_form
from paywall.web.limits import Ceilings, Pace

blueprint = Blueprint("resetting", __name__)
FORM = "/forgot-password"
ASK = Ceilings("ask-reset", account=Pace(5, 60), network=Pace(30, 15), everybody=Pace(300, 1))
SET = Ceilings("set-password", network=Pace(30, 15), everybody=Pace(300, 1))


@blueprint.get(FORM)
def form() -> ResponseReturnValue:
    """Show the form."""
    return page("forgot")


@blueprint.post(FORM)
def ask() -> ResponseReturnValue:
    """Mail a link; the answer is the same whether the address has an account or not."""
    filled = read_form()
    try:
        address = parse_email(filled.text("email"))
    except BadInput as problem:
        return page("forgot", 422, email=filled.text_or("email")[:320], errors=errors_of(problem))
    limits.spend(ASK, address.normalized)
    reader = reader_by_email(current.session(), current.publisher().id, address.normalized)
    letters.send_reset(current.session(), desk(), reader if reader and reader.active else None)
    return page("forgot_sent", email=filled.text("email"))


@blueprint.get("/reset-password/<token>")
def choose(token: str) -> ResponseReturnValue:
    """Show the form for the new password; looking at it spends nothing."""
    try:
        reader_of(links.Purpose.RESET, token)
    except links.DeadLink as dead:
        return dead_link(dead, FORM)
    return keep_address_secret(page("reset"))


@blueprint.post("/reset-password/<token>")
def reset(token: str) -> ResponseReturnValue:
    """Set the password, end every other sign-in, sign in here. The link is spent by it."""
    filled = read_form()
    limits.spend(SET)
    try:
        reader = reader_of(links.Purpose.RESET, token)
        password = filled.text("password")
        check_new_password(password)
        _set(reader, password)
    except BadInput as problem:
        return keep_address_secret(page("reset", 422, errors=errors_of(problem)))
    except links.DeadLink as dead:
        return dead_link(dead, FORM)
    flash("Your new password is set, and you are signed in. Every other device was signed out.", "good")
    return redirect(HOME, 303)


def _set(reader: Reader, password: str) -> None:
    release_connection()
    password_hash = hash_password(password)
    if not set_password(current.session(), reader, password_hash):
        raise links.LinkSpent
    confirm(current.session(), reader)  # who reads the mail, owns the address
    letters.send_password_changed(current.session(), desk(), reader)
    sign_in(reader, keep=True)
