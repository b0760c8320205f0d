"""The door of /admin: who may pass, and where the others are led.

Not signed in: to the sign-in page and back. A reader: there is no such page. A role too low: a page that says who can.
Without the second factor: to the page that asks, and back. With a password given too long ago where it must be fresh:
it is asked again. A form that was on its way goes on after either, and a file waits behind a link.
"""

from collections.abc import Callable
from functools import wraps

from flask import abort, g, request
from flask.typing import ResponseReturnValue

from paywall import audit, clock
from paywall.admin.ground.again import password_again
from paywall.admin.ground.carrying import take_out_answers, was_interrupted
from paywall.admin.ground.code import code_again
from paywall.admin.ground.door import RoleTooLow, led_to
from paywall.admin.ground.downloads import put_behind_link
from paywall.admin.ground.not_done import sign_in_first
from paywall.admin.ground.routes import AdminRoute
from paywall.readers import current as who
from paywall.readers.devices import signed_in_at
from paywall.staff.finding import Proved, proved, staff_of
from paywall.staff.rules import Staff, is_fresh
from paywall.web import current, limits
from paywall.web.addresses import network_of
from paywall.web.origin import SAFE_METHODS


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
        return led_to("/login") if request.method in SAFE_METHODS else sign_in_first()
    staff = staff_of(current.session(), current.publisher().id, reader.id)
    if staff is None:
        abort(404)
    g.staff = staff
    if request.method not in SAFE_METHODS:
        take_out_answers()
    return _asked(route, staff)


def _asked(route: AdminRoute, staff: Staff) -> ResponseReturnValue | None:
    """Return the page that asks for what is missing, or refuses; None where nothing is, and the route may answer."""
    shown = proved(current.session(), who.sign_in_id() or 0)
    if staff.role.needs_second_factor and not shown.has_second_factor and not route.is_before_second_factor:
        question = code_again()
        if question is not None:
            return question
    if not staff.role.covers(route.role):
        raise RoleTooLow(route.role)
    if route.is_fresh:
        question = password_again(is_needed=not _has_fresh_password(shown))
        if question is not None:
            return question
    return put_behind_link() if route.is_download and was_interrupted() else None


def _has_fresh_password(shown: Proved) -> bool:
    began = signed_in_at(current.session(), who.sign_in_id() or 0)
    return any(is_fresh(at, clock.wall()) for at in (shown.password_at, began) if at)
