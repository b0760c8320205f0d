"""`/admin/operations/events`: what Stripe told us, how it stands, and trying again."""

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from paywall.admin.ground.cursors import by_number
from paywall.admin.ground.days import Days
from paywall.admin.ground.door import came_from, current_staff
from paywall.admin.ground.pages import act, page
from paywall.admin.operations.frame import pile_in, rooms
from paywall.admin.operations.words import EVENT_TONES
from paywall.billing.parts import PaymentsNotSetUp, billing
from paywall.billing.webhooks import desk
from paywall.web import current
from paywall.web.forms import read_form


def show_events() -> ResponseReturnValue:
    """Show a page of the inbox, newest first."""
    session, profile, pile = current.session(), current.publisher(), pile_in(desk.Pile)
    found = by_number(session, desk.events(session, profile.id, pile), request.args.get("page", ""))
    return page(
        "operations/events",
        rooms=rooms(),
        days=Days(profile.timezone),
        found=found,
        pile=pile,
        piles=list(desk.Pile),
        tones=EVENT_TONES,
        may_be_tried=desk.may_be_tried,
    )


def try_event(event_id: int) -> ResponseReturnValue:
    """Have one event worked off at once."""
    staff = current_staff()
    with act(read_form()) as session:
        desk.try_event(session, staff.publisher_id, event_id, actor=staff.actor)
    _wake()
    flash("It is being looked at again.", "good")
    return redirect(came_from(), 303)


def try_events() -> ResponseReturnValue:
    """Have all that failed worked off at once."""
    staff = current_staff()
    with act(read_form()) as session:
        tried = desk.try_failing(session, staff.publisher_id, actor=staff.actor)
    _wake()
    flash(f"{tried} {'event is' if tried == 1 else 'events are'} being looked at again.", "good")
    return redirect(came_from(), 303)


def _wake() -> None:
    """Have this process's drain begin at once; where nothing is sold there is none."""
    try:
        billing().wake.set()
    except PaymentsNotSetUp:
        return
