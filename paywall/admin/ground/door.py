"""The door of /admin: who may pass, and where the others are led.

Not signed in: to the sign-in page and back. A reader: there is no such page. A role too low: a page that says who can.
Without the second factor, or with a password given too long ago where it must be fresh: to the page that asks, and
back.
"""

from collections.abc import Callable
from functools import wraps
from typing import cast
from urllib.parse import quote

from flask import abort, g, redirect, request
from flask.typing import ResponseReturnValue

from paywall import audit, clock
from paywall.admin.ground.routes import AdminRoute
from paywall.errors import PaywallError
from paywall.readers import current as who
from paywall.readers.devices import signed_in_at
from paywall.staff.finding import Proved, proved, staff_of
from paywall.staff.rules import Role, Staff, is_fresh
from paywall.web import current, limits
from paywall.web.addresses import network_of, safe_next
from paywall.web.origin import SAFE_METHODS

HOME = "/admin"
SECOND_FACTOR = "/admin/second-factor"
PASSWORD = "/admin/password"  # noqa: S105 - a page's address


class RoleTooLow(PaywallError):
    """Your role does not allow this."""

    status = 403
    code = "role_too_low"

    def __init__(self, needed: Role) -> None:
        """Name the lowest role that may."""
        super().__init__()
        self.needed = needed


def current_staff() -> Staff:
    """Return the member of staff in front of this page; only for views behind the door."""
    return cast(Staff, g.staff)


def known_staff() -> Staff | None:
    """Return the member of staff if the door has let one pass."""
    return cast("Staff | None", g.get("staff"))


def may_enter(role: Role) -> bool:
    """Tell, before a route is chosen, whether who calls has this role, and has shown the second factor it needs."""
    reader = who.reader()
    staff = staff_of(current.session(), current.publisher().id, reader.id) if reader else None
    if staff is None or not staff.role.covers(role):
        return False
    return not role.needs_second_factor or proved(current.session(), who.sign_in_id() or 0).has_second_factor


def came_from() -> str:
    """Return the page of /admin that sent the form, else the front page."""
    sent_by = (request.referrer or "").removeprefix(request.host_url.rstrip("/"))
    return safe_next(sent_by, HOME) if sent_by.startswith(f"{HOME}/") else HOME


def behind_door(route: AdminRoute) -> Callable[..., ResponseReturnValue]:
    """Return the route's view with the door in front of it."""

    @wraps(route.view)
    def guarded(**values: object) -> ResponseReturnValue:
        turned_away = _turned_away(route)
        if turned_away is not None:
            return turned_away
        with audit.done_from(network_of(limits.caller())):
            return route.view(**values)

    return guarded


def _turned_away(route: AdminRoute) -> ResponseReturnValue | None:
    reader = who.reader()
    if reader is None:
        return _led_to("/login")
    staff = staff_of(current.session(), current.publisher().id, reader.id)
    if staff is None:
        abort(404)
    g.staff = staff
    shown = proved(current.session(), who.sign_in_id() or 0)
    if staff.role.needs_second_factor and not shown.has_second_factor and not route.is_before_second_factor:
        return _led_to(SECOND_FACTOR)
    if not staff.role.covers(route.role):
        raise RoleTooLow(route.role)
    return _led_to(PASSWORD) if route.is_fresh and not _has_fresh_password(shown) else None


def _has_fresh_password(shown: Proved) -> bool:
    began = signed_in_at(current.session(), who.sign_in_id() or 0)
    return any(is_fresh(at, clock.wall()) for at in (shown.password_at, began) if at)


def _led_to(path: str) -> ResponseReturnValue:
    if request.method not in SAFE_METHODS:
        return redirect(f"{path}?next={quote(came_from(), safe='/')}", 303)
    return redirect(f"{path}?next={quote(request.full_path.removesuffix('?'), safe='/')}", 302)
