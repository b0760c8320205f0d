"""The front page of /admin: what may want looking at, in counts that cost nothing, and where to find it."""

from flask.typing import ResponseReturnValue

from paywall import clock, notices
from paywall.admin.ground.door import current_staff
from paywall.admin.ground.pages import page
from paywall.admin.ground.routes import AdminRoute
from paywall.admin.ground.today import counts
from paywall.staff.rules import Role
from paywall.web import current


def front() -> ResponseReturnValue:
    """Show the front page."""
    session, publisher_id = current.session(), current_staff().publisher_id
    ours = [one for one in notices.open_notices(session) if one.publisher_id in (None, publisher_id)]
    return page("front", counts=counts(session, publisher_id, clock.now()), notices=ours)


ROUTES = (AdminRoute("", front, "front", Role.VIEWER, label="Today"),)
