"""`/signup`: an account for an address and a password, signed in at once."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from paywall.errors import BadInput
from paywall.readers import current as who
from paywall.readers import letters
from paywall.readers.accounts import open_account
from paywall.readers.email_address import EmailAddress, parse_email
from paywall.readers.finding import reader_by_email
from paywall.readers.passwords import check_new_password, hash_password
from paywall.readers.sign_ins import sign_in
from paywall.readers.views.pages import HOME, desk, errors_of, page, release_connection, way_back
from paywall.web import current, limits
from paywall.web.forms import Form, read_form
from paywall.web.limits import Ceilings, Pace

blueprint = Blueprint("signing_up", __name__)

SIGN_UP = Ceilings("sign-up", network=Pace(40, 1), everybody=Pace(600, 1))
NEW_ACCOUNT = Ceilings("new-account", network=Pace(10, 1))


@blueprint.get("/signup")
def form() -> ResponseReturnValue:
    """Show the form; an address or password in the address line is not looked at."""
    if who.reader():
        return redirect(way_back(), 303)
    return page("signup", next=way_back())


@blueprint.post("/signup")
def sign_up() -> ResponseReturnValue:
    """Open the account and sign it in; or say what is wrong, an address that has an account included."""
    if who.reader():
        return redirect(HOME, 303)
    filled = read_form()
    limits.spend(SIGN_UP)
    try:
        address, password = _wanted(filled)
    except ExceptionGroup as problems:
        return _again(filled, *problems.exceptions)
    if not _open(address, password):
        return _again(filled, exists=True)
    return redirect(way_back(filled), 303)


def _wanted(filled: Form) -> tuple[EmailAddress, str]:
    """Return what the form asks for; raises all its problems together, so that nobody mends them one by one."""
    problems: list[BadInput] = []
    address, password = None, ""
    try:
        address = parse_email(filled.text("email"))
    except BadInput as problem:
        problems.append(problem)
    try:
        password = filled.text("password")
        check_new_password(password)
    except BadInput as problem:
        problems.append(problem)
    if address is None or problems:
        raise ExceptionGroup("the form can't be taken", problems)
    return address, password


def _open(address: EmailAddress, password: str) -> bool:
    """Open the account unless the address has one; the password is hashed after reading and before writing."""
    session, publisher = current.session(), current.publisher()
    if reader_by_email(session, publisher.id, address.normalized):
        return False
    limits.check(NEW_ACCOUNT)
    release_connection()
    reader = open_account(session, publisher.id, address, hash_password(password))
    if reader is None:
        return False
    limits.note(NEW_ACCOUNT)
    letters.send_confirmation(session, desk(), reader)
    sign_in(reader, keep=True)
    return True


def _again(filled: Form, *problems: Exception, exists: bool = False) -> ResponseReturnValue:
    errors = errors_of(*(problem for problem in problems if isinstance(problem, BadInput)))
    typed = filled.text_or("email")[:320]
    return page("signup", 422, email=typed, errors=errors, exists=exists, next=way_back(filled))
