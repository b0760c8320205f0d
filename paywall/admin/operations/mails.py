"""`/admin/operations/mails`: what waits to be sent, what failed and why, and trying again."""

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from paywall import audit, clock, outbox
from paywall.admin.ground.cursors import by_number
from paywall.admin.ground.days import Days
from paywall.admin.ground.door import came_from, current_staff
from paywall.admin.ground.pages import act, page
from paywall.admin.operations.frame import pile_in, rooms
from paywall.web import current
from paywall.web.forms import read_form


def show_mails() -> ResponseReturnValue:
    """Show a page of the outbox, newest first."""
    session, profile, pile = current.session(), current.publisher(), pile_in(outbox.Pile)
    found = by_number(session, outbox.mails(profile.id, pile), request.args.get("page", ""))
    days = Days(profile.timezone)
    return page("operations/mails", rooms=rooms(), days=days, found=found, pile=pile, piles=list(outbox.Pile))


def try_mail(mail_id: int) -> ResponseReturnValue:
    """Have one mail go out now."""
    return _tried(mail_id)


def try_mails() -> ResponseReturnValue:
    """Have all that failed or were given up go out now."""
    return _tried(None)


def _tried(mail_id: int | None) -> ResponseReturnValue:
    staff = current_staff()
    with act(read_form()) as session:
        ids = outbox.try_again(session, staff.publisher_id, clock.wall(), mail_id)
        if ids:
            about = f"mail:{mail_id}" if mail_id else f"publisher:{staff.publisher_id}"
            audit.write(session, staff.publisher_id, staff.actor, "mails_tried_again", about, mails=len(ids))
    if ids:
        flash(f"{len(ids)} {'mail goes' if len(ids) == 1 else 'mails go'} out now.", "good")
    else:
        flash("Nothing had to be hurried: what still waits is due within two minutes.")
    return redirect(came_from(), 303)
