"""`/admin/me`: a member's own second factor, recovery codes, and sign-ins."""

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from paywall import audit
from paywall.admin.ground.code import chest
from paywall.admin.ground.door import current_staff
from paywall.admin.ground.pages import act, page
from paywall.admin.ground.routes import AdminRoute
from paywall.admin.staff.browsers import browser_words
from paywall.errors import NotFound
from paywall.readers import current as who
from paywall.readers.devices import devices, sign_out_device
from paywall.staff.finding import colleague
from paywall.staff.recovery import codes_left, renew_codes
from paywall.staff.rules import Role
from paywall.staff.second_factor import take_away
from paywall.web import current
from paywall.web.forms import read_form

PATH = "/admin/me"


def show_me() -> ResponseReturnValue:
    """Show how the member in front of the page shows that it is her, and where she is signed in."""
    session, staff = current.session(), current_staff()
    mine = [(device, browser_words(device.user_agent)) for device in devices(session, staff.reader_id)]
    person = colleague(session, staff.publisher_id, staff.member_id)
    return page("staff/me", person=person, left=codes_left(session, staff), devices=mine, here=who.sign_in_id())


def renew_recovery_codes() -> ResponseReturnValue:
    """Make ten new recovery codes and show them once."""
    with act(read_form()) as session:
        codes = renew_codes(session, chest())
    return page("staff/codes", codes=codes, way_on=PATH)


def forget_second_factor() -> ResponseReturnValue:
    """Forget the second factor, to set up another at once."""
    staff = current_staff()
    with act(read_form()) as session:
        take_away(session, staff, actor=staff.actor)
    return redirect(f"/admin/second-factor?next={PATH}", 303)


def sign_out(sign_in_id: int) -> ResponseReturnValue:
    """End one of the member's own sign-ins."""
    staff = current_staff()
    with act(read_form()) as session:
        if not sign_out_device(session, staff.reader_id, sign_in_id):
            raise NotFound("That sign-in has ended already.")
        audit.write(session, staff.publisher_id, staff.actor, "sign_in_ended", f"reader:{staff.reader_id}")
    flash("Signed out there.", "good")
    return redirect(PATH, 303)


_POST = ("POST",)
ROUTES = (
    AdminRoute("/me", show_me, "me", Role.VIEWER, label="You"),
    AdminRoute("/me/recovery-codes", renew_recovery_codes, "renew_codes", Role.VIEWER, _POST, is_fresh=True),
    AdminRoute("/me/second-factor/end", forget_second_factor, "forget_factor", Role.VIEWER, _POST, is_fresh=True),
    AdminRoute("/me/sign-ins/<int:sign_in_id>/end", sign_out, "sign_out", Role.VIEWER, _POST),
)
