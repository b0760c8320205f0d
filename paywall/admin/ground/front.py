"""The front page of /admin: what may want looking at, in counts that cost nothing, and where to find it."""

from flask.typing import ResponseReturnValue

from paywall.admin.ground.door import current_staff
from paywall.admin.ground.pages import page
from paywall.admin.ground.routes import AdminRoute
from paywall.staff.rules import Role


def front() -> ResponseReturnValue:
    """Show the front page."""
    return page("front", role=current_staff().role)


ROUTES = (AdminRoute("", front, "front", Role.VIEWER, label="Today"),)
