"""`/admin/operations/events`: what Stripe told us, how it stands, and trying again.

Where several newspapers share the service, the events of none of them have a page of their own, for admins.
"""

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from paywall.admin.ground.cursors import by_number
from paywall.admin.ground.days import Days
from paywall.admin.ground.door import came_from, current_staff
from paywall.admin.ground.pages import act, page
from paywall.admin.operations.frame import HOME, pile_in, rooms
from paywall.admin.operations.words import EVENT_TONES
from paywall.billing.parts import PaymentsNotSetUp, billing
from paywall.billing.webhooks import desk
from paywall.staff.rules import Role
from paywall.web import current
from paywall.web.forms import read_form

HERE = f"{HOME}/events"
NOBODYS = f"{HERE}/nobodys"


def show_events() -> ResponseReturnValue:
    """Show a page of the inbox, newest first."""
    return _show("operations/events", HERE, nobodys=_nobodys())


def show_nobodys() -> ResponseReturnValue:
    """Show a page of the events that are about no customer of any newspaper here."""
    return _show("operations/nobodys", NOBODYS, of_nobody=True)


def try_event(event_id: int) -> ResponseReturnValue:
    """Have one event worked off at once."""
    return _try_one(event_id)


def try_nobodys_event(event_id: int) -> ResponseReturnValue:
    """Have one event of nobody's worked off at once."""
    return _try_one(event_id, of_nobody=True)


def try_events() -> ResponseReturnValue:
    """Have all that failed worked off at once."""
    return _try_all()


def try_nobodys_events() -> ResponseReturnValue:
    """Have all of nobody's that failed worked off at once."""
    return _try_all(of_nobody=True)


def _show(template: str, here: str, *, of_nobody: bool = False, nobodys: int = 0) -> ResponseReturnValue:
    session, profile, pile = current.session(), current.publisher(), pile_in(desk.Pile)
    query = desk.events(session, profile.id, pile, of_nobody=of_nobody)
    return page(
        template,
        here=here,
        rooms=rooms(),
        days=Days(profile.timezone),
        found=by_number(session, query, request.args.get("page", "")),
        pile=pile,
        piles=list(desk.Pile),
        tones=EVENT_TONES,
        may_be_tried=desk.may_be_tried,
        nobodys=nobodys,
    )


def _nobodys() -> int:
    """Return how many events of nobody's wait or have failed, for who may look at them."""
    staff, session = current_staff(), current.session()
    if not staff.role.covers(Role.ADMIN):
        return 0
    return sum(desk.count(session, staff.publisher_id, pile, of_nobody=True) for pile in desk.OPEN_PILES)


def _try_one(event_id: int, *, of_nobody: bool = False) -> ResponseReturnValue:
    staff = current_staff()
    with act(read_form()) as session:
        desk.try_event(session, staff.publisher_id, event_id, actor=staff.actor, of_nobody=of_nobody)
    _wake()
    flash("It is being looked at again.", "good")
    return redirect(came_from(), 303)


def _try_all(*, of_nobody: bool = False) -> ResponseReturnValue:
    staff = current_staff()
    with act(read_form()) as session:
        tried = desk.try_failing(session, staff.publisher_id, actor=staff.actor, of_nobody=of_nobody)
    _wake()
    flash(f"{tried} {'event is' if tried == 1 else 'events are'} being looked at again.", "good")
    return redirect(came_from(), 303)


def _wake() -> None:
    """Have this process's drain begin at once; where nothing is sold there is none."""
    try:
        billing().wake.set()
    except PaymentsNotSetUp:
        return
