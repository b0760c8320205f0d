"""A form that came after its sign-in had ended: it was not done, and that is said once somebody is signed in again."""

from urllib.parse import quote

from flask import redirect, request
from flask.typing import ResponseReturnValue

from paywall.admin.ground.door import came_from, page_of_ours
from paywall.admin.ground.pages import page
from paywall.admin.ground.routes import AdminRoute
from paywall.staff.rules import Role

PATH = "/admin/not-done"


def sign_in_first() -> ResponseReturnValue:
    """Lead to the sign-in page, and from there to the page that says what was not done."""
    way_on = f"{PATH}?page={quote(came_from(), safe='/')}"
    return redirect(f"/login?next={quote(way_on, safe='/')}", 303)


def show_not_done() -> ResponseReturnValue:
    """Say that the form was not done, with the way to its page."""
    return page("errors/not_done", back=page_of_ours(request.args.get("page", "")))


ROUTES = (AdminRoute("/not-done", show_not_done, "not_done", Role.VIEWER),)
