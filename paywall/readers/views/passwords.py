"""`/account/password`: another password, by somebody who knows the present one."""

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue

from paywall.errors import BadInput
from paywall.readers import letters
from paywall.readers.accounts import set_password
from paywall.readers.current import sign_in_required, the_reader
from paywall.readers.passwords import check_new_password, hash_password, is_right
from paywall.readers.sign_ins import sign_in
from paywall.readers.tables import Reader
from paywall.readers.views.pages import HOME, desk, errors_of, page, release_connection
from paywall.web import current, limits
from paywall.web.forms import Form, read_form
from paywall.web.limits import Ceilings, Pace

blueprint = Blueprint("password", __name__)

WRONG_PASSWORD = Ceilings("wrong-present-password", account=Pace(10, 15), network=Pace(100, 15))


@blueprint.get("/account/password")
@sign_in_required
def form() -> ResponseReturnValue:
    """Show the form."""
    return page("password", reader=the_reader(), email=the_reader().email)


@blueprint.post("/account/password")
@sign_in_required
def change() -> ResponseReturnValue:
    """Change the password and end every sign-in but this one."""
    reader, filled = the_reader(), read_form()
    limits.check(WRONG_PASSWORD, reader.email_normalized)
    try:
        _change(reader, filled)
    except BadInput as problem:
        return page("password", 422, reader=reader, email=reader.email, errors=errors_of(problem))
    flash("Your password is changed. Every other device was signed out.", "good")
    return redirect(HOME, 303)


def _change(reader: Reader, filled: Form) -> None:
    present, wanted = filled.text("present_password"), filled.text("password")
    check_new_password(wanted)
    release_connection()
    if not is_right(reader.password, present):
        limits.note(WRONG_PASSWORD, reader.email_normalized)
        raise BadInput("present_password", "This is not your present password.")
    password_hash = hash_password(wanted)
    if not set_password(current.session(), reader, password_hash):
        raise BadInput("present_password", "Your password was changed elsewhere just now.")
    letters.send_password_changed(current.session(), desk(), reader)
    sign_in(reader, keep=True)
