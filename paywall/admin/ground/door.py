"""Who stands at the door of /admin, what role it takes, and where whoever is turned away is led back to."""

from typing import cast
from urllib.parse import quote

from flask import Response, g, redirect, request

from paywall.errors import PaywallError
from paywall.readers import current as who
from paywall.staff.finding import proved, staff_of
from paywall.staff.rules import Role, Staff
from paywall.web import current
from paywall.web.addresses import safe_next
from paywall.web.origin import SAFE_METHODS

HOME = "/admin"


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
    if "came_from" in g:
        return cast(str, g.came_from)
    sent_by = (request.referrer or "").removeprefix(request.host_url.rstrip("/"))
    return page_of_ours(sent_by)


def page_of_ours(path: str) -> str:
    """Return a path that leads to a page of /admin; the front page for any other."""
    return safe_next(path, HOME) if path.startswith(f"{HOME}/") else HOME


def led_to(path: str) -> Response:
    """Return the way to a page that asks for something, and from there back to where one is, or came from."""
    is_form = request.method not in SAFE_METHODS
    back = came_from() if is_form else request.full_path.removesuffix("?")
    return cast(Response, redirect(f"{path}?next={quote(back, safe='/')}", 303 if is_form else 302))
