"""`/admin/second-factor` and `/admin/password`: what is asked between the sign-in page and the page that was wanted."""

from dataclasses import dataclass

from flask import redirect, request
from flask.typing import ResponseReturnValue

from paywall import clock
from paywall.admin.ground.again import WRONG as WRONG_PASSWORD
from paywall.admin.ground.again import shows
from paywall.admin.ground.code import PACE as CODE
from paywall.admin.ground.code import chest
from paywall.admin.ground.door import HOME, current_staff
from paywall.admin.ground.pages import act, page
from paywall.admin.ground.routes import AdminRoute
from paywall.admin.staff.picture import Picture, picture_of
from paywall.errors import BadInput
from paywall.readers import current as who
from paywall.readers.current import the_reader
from paywall.staff import totp
from paywall.staff.finding import colleague
from paywall.staff.rules import Role
from paywall.staff.second_factor import WRONG, is_shown, set_up, show
from paywall.web import current, limits
from paywall.web.addresses import safe_next
from paywall.web.forms import Form, read_form


@dataclass(frozen=True, slots=True)
class Offer:
    """A new secret: sealed for the form, in groups to type, as an address for an app on this device, to scan."""

    sealed: str
    typed: str
    address: str
    picture: Picture


def ask_second_factor() -> ResponseReturnValue:
    """Ask for the code, or have the second factor set up where there is none."""
    return _question(200, _way_on(), {})


def show_second_factor() -> ResponseReturnValue:
    """Take a code, or a recovery code, for this sign-in."""
    form, staff = read_form(), current_staff()
    way_on, code = _way_on(form), form.text_or("code").replace(" ", "")
    limits.spend(CODE, f"staff:{staff.member_id}")
    with act(form) as session:
        shown = is_shown(session, chest(), code, clock.wall())
        if shown:
            show(session, staff, who.sign_in_id() or 0, clock.wall())
    return redirect(way_on, 303) if shown else _question(422, way_on, {"code": WRONG})


def set_up_second_factor() -> ResponseReturnValue:
    """Set up the second factor by its first code, and show ten recovery codes once."""
    form, staff = read_form(), current_staff()
    way_on, code = _way_on(form), form.text_or("code").replace(" ", "")
    limits.spend(CODE, f"staff:{staff.member_id}")
    try:
        with act(form) as session:
            codes = set_up(session, chest(), form.text_or("offered"), code, clock.wall())
            show(session, staff, who.sign_in_id() or 0, clock.wall())
    except BadInput as problem:
        return _question(422, way_on, {problem.field: problem.sentence}, form.text_or("offered"))
    return page("staff/codes", codes=codes, way_on=way_on)


def ask_password() -> ResponseReturnValue:
    """Ask for the password again."""
    return page("staff/password", next=_way_on())


def show_password() -> ResponseReturnValue:
    """Take the password for the next ten minutes of this sign-in."""
    form = read_form()
    way_on = _way_on(form)
    if not shows(form.text_or("password")):
        return page("staff/password", 422, next=way_on, errors={"password": WRONG_PASSWORD})
    return redirect(way_on, 303)


def _question(status: int, way_on: str, errors: dict[str, str], offered: str = "") -> ResponseReturnValue:
    staff = current_staff()
    has_one = colleague(current.session(), staff.publisher_id, staff.member_id).has_second_factor
    offer = None if has_one else _offer(offered)
    return page("staff/second_factor", status, offer=offer, next=way_on, errors=errors)


def _offer(sealed: str) -> Offer:
    """Return the secret that was offered before, if it can be read, else a new one."""
    secret = (chest().take_out(sealed) if sealed else None) or totp.new_secret()
    address = totp.address_for_apps(secret, the_reader().email, current.publisher().name)
    return Offer(chest().put_away(secret), totp.in_groups(secret), address, picture_of(address))


def _way_on(form: Form | None = None) -> str:
    wanted = form.text_or("next") if form else request.args.get("next")
    return safe_next(wanted, HOME)


ROUTES = (
    AdminRoute("/second-factor", ask_second_factor, "ask_second_factor", Role.VIEWER, is_before_second_factor=True),
    AdminRoute(
        "/second-factor", show_second_factor, "show_second_factor", Role.VIEWER, ("POST",), is_before_second_factor=True
    ),
    AdminRoute(
        "/second-factor/set-up",
        set_up_second_factor,
        "set_up_second_factor",
        Role.VIEWER,
        ("POST",),
        is_before_second_factor=True,
    ),
    AdminRoute("/password", ask_password, "ask_password", Role.VIEWER),
    AdminRoute("/password", show_password, "show_password", Role.VIEWER, ("POST",)),
)
