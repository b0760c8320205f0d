"""What the views of /admin share: the frame around a page, and the transaction of an act that is done once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, make_response, render_template, request
from sqlalchemy.orm import Session

from paywall.admin.ground.door import current_staff, known_staff
from paywall.admin.ground.routes import AdminRoute
from paywall.staff.acts import new_act, take_act
from paywall.staff.rules import Staff
from paywall.web import current
from paywall.web.forms import Form

ROUTES_KEY = "paywall.admin.routes"
LOOK_AGAIN_SECONDS = 3
_FRAMING = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class NavigationLink:
    """One word of the navigation."""

    label: str
    path: str
    is_here: bool


def page(template: str, status: int = 200, **values: Any) -> Response:  # noqa: ANN401 - templates take anything
    """Return a page of /admin: `templates/admin/{template}.html` in the frame of `admin/layout.html`.

    Beside `values` a template gets `publisher`, `staff`, `navigation`, `errors` and `new_act`.
    """
    staff = known_staff()
    values.setdefault("errors", {})
    values |= {"publisher": current.publisher(), "staff": staff, "new_act": new_act, "navigation": navigation(staff)}
    return make_response(render_template(f"admin/{template}.html", **values), status)


def looked_at_again(response: Response) -> Response:
    """Have browsers ask for a page again after a while: what it tells of is still being done."""
    response.headers["Refresh"] = str(LOOK_AGAIN_SECONDS)
    return response


def framing(response: Response) -> Response:
    """Let a page show others of ours in frames."""
    response.headers["Content-Security-Policy"] = _FRAMING
    return response


def navigation(staff: Staff | None) -> list[NavigationLink]:
    """Return the rooms that this role may enter."""
    routes: tuple[AdminRoute, ...] = current_app.extensions[ROUTES_KEY]
    open_to = [route for route in routes if route.label and staff and staff.role.covers(route.role)]
    return [_link(route) for route in open_to]


@contextmanager
def act(form: Form) -> Iterator[Session]:
    """Hold the transaction of what a form does; raises DoneAlready if the same form was sent before.

    The form's `act` token is taken in it, so that the deed and the token live and die together. The session of the
    request must not have written before.
    """
    with current.database().writing() as session:
        take_act(session, current_staff().publisher_id, form.text_or("act"))
        yield session


def _link(route: AdminRoute) -> NavigationLink:
    path = f"/admin{route.path}"
    return NavigationLink(route.label, path, any(_is_in(f"/admin{one}") for one in (route.path, *route.rooms)))


def _is_in(path: str) -> bool:
    return request.path == path or (path != "/admin" and request.path.startswith(f"{path}/"))
