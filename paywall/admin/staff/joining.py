"""`/join-staff/…`: an invited person looks at the invitation, and accepts it. She is not on the staff yet."""

from flask import Blueprint, flash, make_response, redirect, render_template
from flask.typing import ResponseReturnValue

from paywall import clock
from paywall.readers import current as who
from paywall.staff.invitations import PATH, InvitationDead, accept, read_invitation
from paywall.web import current, limits
from paywall.web.cookies import drop_pass
from paywall.web.limits import Ceilings, Pace

blueprint = Blueprint("joining_staff", __name__)
JOIN = Ceilings("join-staff", network=Pace(60, 15))


@blueprint.get(f"{PATH}<token>")
def look(token: str) -> ResponseReturnValue:
    """Show the invitation; programs that open every link of a mail accept nothing by it."""
    limits.spend(JOIN)
    try:
        invited = read_invitation(current.session(), current.publisher().id, token, clock.wall())
    except InvitationDead as dead:
        return _page(dead.status, sentence=dead.sentence)
    return _page(200, invited=invited, reader=who.reader(), here=f"{PATH}{token}")


@blueprint.post(f"{PATH}<token>")
def join(token: str) -> ResponseReturnValue:
    """Take the place, signed in with the address that was invited."""
    limits.spend(JOIN)
    reader = who.reader()
    if reader is None:
        return redirect(f"{PATH}{token}", 303)
    try:
        with current.database().writing() as session:
            accept(session, reader, token, clock.wall())
    except InvitationDead as dead:
        return _page(dead.status, sentence=dead.sentence)
    drop_pass()
    flash("Welcome. You are on the staff now.", "good")
    return redirect("/admin", 303)


def _page(status: int, **values: object) -> ResponseReturnValue:
    response = make_response(render_template("admin/staff/join.html", publisher=current.publisher(), **values), status)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
