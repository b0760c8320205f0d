"""`/admin/staff`: who works here; inviting, changing roles, removing."""

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from paywall import clock
from paywall.admin.ground.door import current_staff
from paywall.admin.ground.editing import Fields, hold, refuse_if_edited, seal
from paywall.admin.ground.pages import act, page
from paywall.admin.ground.routes import AdminRoute
from paywall.errors import BadInput
from paywall.publishers.letterhead import letterhead
from paywall.readers.email_address import parse_email
from paywall.staff.finding import Colleague, colleague, colleagues
from paywall.staff.invitations import Place, invite, open_invitations, take_back
from paywall.staff.joining import change_role, remove_staff
from paywall.staff.rules import Role
from paywall.staff.second_factor import take_away
from paywall.web import current, limits
from paywall.web.forms import Form, read_form
from paywall.web.limits import Ceilings, Pace

PATH = "/admin/staff"
INVITE = Ceilings("staff-invitations", account=Pace(30, 60), network=Pace(60, 60))
ROLES = (
    (Role.VIEWER.value, "viewer: sees everything, changes nothing"),
    (Role.SUPPORT.value, "support: helps readers"),
    (Role.ADMIN.value, "admin: everything, staff too"),
)


def show_staff() -> ResponseReturnValue:
    """Show who works here."""
    return _list(200)


def invite_somebody() -> ResponseReturnValue:
    """Mail an invitation."""
    form, staff = read_form(), current_staff()
    try:
        place = Place(staff.publisher_id, parse_email(form.text("email")), role_in(form))
        limits.spend(INVITE, f"staff:{staff.member_id}")
        head = letterhead(current.publisher(), current.settings().base_url)
        with act(form) as session:
            invite(session, place, head, clock.wall(), actor=staff.actor)
    except BadInput as problem:
        return _list(422, email=form.text_or("email")[:320], errors={problem.field: problem.sentence})
    flash(f"An invitation is on its way to {place.address.kept}.", "good")
    return redirect(PATH, 303)


def take_invitation_back(invitation_id: int) -> ResponseReturnValue:
    """Make an invitation worthless."""
    with act(read_form()) as session:
        take_back(session, current_staff(), invitation_id)
    flash("The invitation is taken back; its link does nothing any more.")
    return redirect(PATH, 303)


def give_role(member_id: int) -> ResponseReturnValue:
    """Give a member another role."""
    form, staff = read_form(), current_staff()
    role = role_in(form)
    with act(form) as session:
        hold(session)
        stored = _role_of(colleague(session, staff.publisher_id, member_id))
        refuse_if_edited(form, stored, {"role": ROLES})
        change_role(session, staff.publisher_id, member_id, role, actor=staff.actor)
    flash(f"The role is {role.value} now.", "good")
    return redirect(PATH, 303)


def ask_to_remove(member_id: int) -> ResponseReturnValue:
    """Say what removing somebody does; changes nothing."""
    return page("staff/remove", person=colleague(current.session(), current_staff().publisher_id, member_id))


def remove(member_id: int) -> ResponseReturnValue:
    """Make a member a reader again."""
    staff = current_staff()
    with act(read_form()) as session:
        remove_staff(session, staff.publisher_id, member_id, actor=staff.actor)
    flash("Removed from the staff. The account is a reader's now.")
    return redirect(PATH if member_id != staff.member_id else "/account", 303)


def take_factor_away(member_id: int) -> ResponseReturnValue:
    """Have a member who lost phone and codes set up a second factor anew."""
    staff = current_staff()
    with act(read_form()) as session:
        other = colleague(session, staff.publisher_id, member_id)
        take_away(session, other.staff, actor=staff.actor)
    flash(f"{other.email} sets up a second factor at the next visit.", "good")
    return redirect(PATH, 303)


def role_in(form: Form) -> Role:
    """Return the role that a form names; raises BadInput."""
    try:
        return Role(form.text("role"))
    except ValueError as error:
        raise BadInput("role", "Choose viewer, support or admin.") from error


def _role_of(person: Colleague) -> Fields:
    return {"role": person.staff.role.value}


def _list(status: int, **values: object) -> ResponseReturnValue:
    session, staff = current.session(), current_staff()
    people = colleagues(session, staff.publisher_id)
    invited = open_invitations(session, staff.publisher_id, clock.wall())
    seals = {one.staff.member_id: seal(_role_of(one)) for one in people}
    return page("staff/list", status, people=people, seals=seals, invited=invited, roles=ROLES, **values)


_POST, _ADMIN = ("POST",), Role.ADMIN
_MEMBER = "/staff/<int:member_id>"
ROUTES = (
    AdminRoute("/staff", show_staff, "staff", Role.VIEWER, label="Staff"),
    AdminRoute("/staff/invitations", invite_somebody, "invite", _ADMIN, _POST, is_fresh=True),
    AdminRoute("/staff/invitations/<int:invitation_id>/end", take_invitation_back, "take_back", _ADMIN, _POST),
    AdminRoute(f"{_MEMBER}/role", give_role, "give_role", _ADMIN, _POST, is_fresh=True),
    AdminRoute(f"{_MEMBER}/removal", ask_to_remove, "ask_to_remove", _ADMIN),
    AdminRoute(f"{_MEMBER}/removal", remove, "remove", _ADMIN, _POST, is_fresh=True),
    AdminRoute(f"{_MEMBER}/second-factor/end", take_factor_away, "take_factor_away", _ADMIN, _POST, is_fresh=True),
)
