"""The blueprint of /admin: every route of every room, the door before each, errors in the frame of /admin."""

from collections.abc import Sequence

from flask import Blueprint, Flask, flash, redirect
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import RequestEntityTooLarge

from paywall.admin.ground.door import HOME, RoleTooLow, came_from, current_staff, known_staff
from paywall.admin.ground.editing import EditedMeanwhile, both_versions
from paywall.admin.ground.guard import behind_door
from paywall.admin.ground.not_done import sign_in_first
from paywall.admin.ground.pages import ROUTES_KEY, page
from paywall.admin.ground.routes import AdminRoute
from paywall.errors import PaywallError
from paywall.readers import current as who
from paywall.staff.acts import DoneAlready
from paywall.staff.finding import colleagues
from paywall.web import current
from paywall.web.error_pages import error_page, situation_page


def install(app: Flask, routes: Sequence[AdminRoute]) -> None:
    """Give `app` the pages of /admin."""
    blueprint = Blueprint("admin", __name__, url_prefix=HOME)
    for route in routes:
        blueprint.add_url_rule(route.path, route.name, behind_door(route), methods=list(route.methods))
    blueprint.register_error_handler(RoleTooLow, _role_too_low)
    blueprint.register_error_handler(DoneAlready, _done_already)
    blueprint.register_error_handler(EditedMeanwhile, both_versions)
    blueprint.register_error_handler(PaywallError, _situation)
    blueprint.register_error_handler(CSRFError, _of_no_page)
    blueprint.register_error_handler(RequestEntityTooLarge, _too_large)
    app.extensions[ROUTES_KEY] = tuple(routes)
    app.register_blueprint(blueprint)


def _role_too_low(error: RoleTooLow) -> ResponseReturnValue:
    people = colleagues(current.session(), current_staff().publisher_id)
    able = [one.email for one in people if one.staff.role.covers(error.needed)]
    return page("errors/forbidden", error.status, needed=error.needed, able=able)


def _done_already(error: DoneAlready) -> ResponseReturnValue:
    flash(error.sentence)
    return redirect(came_from(), 303)


def _of_no_page(_error: CSRFError) -> ResponseReturnValue:
    """Answer a form without the token of our pages: where nobody is signed in, its sign-in has most likely ended."""
    return sign_in_first() if _is_nobody() else error_page(400, "bad_request", "")


def _too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """Answer a form that is too large; a list may be larger, but only of staff, and nobody's was staff's before."""
    return sign_in_first() if _is_nobody() else error_page(413, "request_entity_too_large", "")


def _is_nobody() -> bool:
    """Tell whether surely nobody is signed in: not where the host is no newspaper's, or the database is away."""
    try:
        return bool(current.publisher()) and who.reader() is None
    except (PaywallError, SQLAlchemyError):
        return False


def _situation(error: PaywallError) -> ResponseReturnValue:
    if known_staff() is None or error.status >= 500:
        return situation_page(error)
    response = page("errors/situation", error.status, sentence=error.sentence)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response
