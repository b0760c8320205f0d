"""`/login` and `/logout`."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue
from flask_security import logout_user

from paywall.errors import BadInput
from paywall.readers import current as who
from paywall.readers.accounts import renew_hash
from paywall.readers.email_address import parse_email
from paywall.readers.finding import reader_by_email
from paywall.readers.passwords import hash_password, is_outdated, is_right
from paywall.readers.sign_ins import sign_in
from paywall.readers.tables import Reader
from paywall.readers.views.pages import page, release_connection, way_back
from paywall.web import current, limits
from paywall.web.addresses import safe_next
from paywall.web.forms import Form, read_form
from paywall.web.limits import Ceilings, Pace

blueprint = Blueprint("signing_in", __name__)

SIGN_IN = Ceilings("sign-in", account=Pace(40, 15), network=Pace(120, 1), everybody=Pace(1200, 1))
WRONG_PASSWORD = Ceilings("wrong-password", account=Pace(10, 15), network=Pace(100, 15))


@blueprint.get("/login")
def form() -> ResponseReturnValue:
    """Show the form."""
    if who.reader():
        return redirect(way_back(), 303)
    return page("login", next=way_back(), keep=True)


@blueprint.post("/login")
def log_in() -> ResponseReturnValue:
    """Sign in; every refusal is the same, whether the address, the password or the form is wrong."""
    filled = read_form()
    email, password = _normalized(filled), filled.text_or("password")
    limits.spend(SIGN_IN, email)
    limits.check(WRONG_PASSWORD, email)
    reader = _who_is(email, password)
    if reader is None:
        limits.note(WRONG_PASSWORD, email)
        typed = filled.text_or("email")[:320]
        return page("login", 401, email=typed, wrong=True, next=way_back(filled), keep=bool(filled.text_or("remember")))
    sign_in(reader, keep=bool(filled.text_or("remember")))
    return redirect(way_back(filled), 303)


@blueprint.get("/logout")
def ask() -> ResponseReturnValue:
    """Show the button: a link alone signs nobody out."""
    somebody = who.reader()
    return page("logout", reader=somebody) if somebody else redirect("/", 303)


@blueprint.post("/logout")
def log_out() -> ResponseReturnValue:
    """End this sign-in for good, with every copy of its cookie."""
    filled = read_form()
    logout_user()
    return redirect(safe_next(filled.text_or("next"), "/"), 303)


def _normalized(filled: Form) -> str:
    """Return the address to look for, empty if it can't be one."""
    try:
        return parse_email(filled.text("email")).normalized
    except BadInput:
        return ""


def _who_is(email: str, password: str) -> Reader | None:
    """Return the reader with this address and password. One question, one hash, whoever it is."""
    reader = reader_by_email(current.session(), current.publisher().id, email)
    release_connection()
    kept = reader.password if reader and reader.active else None
    if not is_right(kept, password) or reader is None or kept is None:
        return None
    if is_outdated(kept):
        renew_hash(current.session(), reader, hash_password(password))
    return reader
