"""A file that a question had kept waiting: the browser goes back to where it was asked for, and finds a link there.

A download leaves the page where it is, and that would be the one that had asked. So the form is sealed into the link,
for ten minutes and for the member's sign-in that sent it; whoever follows it passes the door of the form again.
"""

import json
from datetime import timedelta
from typing import cast

from flask import current_app, flash, redirect, request
from flask.typing import ResponseReturnValue

from paywall import clock
from paywall.admin.ground.carrying import Fields, typed
from paywall.admin.ground.door import came_from, current_staff
from paywall.admin.ground.routes import AdminRoute
from paywall.errors import NotFound
from paywall.readers import current as who
from paywall.safe import Safe, SecretLost
from paywall.staff.rules import Role
from paywall.web import current
from paywall.web.forms import keep_form

READY_FOR = timedelta(minutes=10)
MOST_CHARACTERS = 1_600
"""The link waits in a cookie, which holds little."""


class LinkEnded(NotFound):
    """This link has ended. Ask for the file once more."""

    code = "link_ended"


def put_behind_link() -> ResponseReturnValue | None:
    """Go back to the page that asked for the file, and put a link there; None where the form is too long for one."""
    until = (clock.wall() + READY_FOR).isoformat()
    sealed = _safe().put_away(json.dumps([until, request.path, typed()]))
    if len(sealed) > MOST_CHARACTERS:
        return None
    flash(f"/admin/downloads/{sealed}", "download")
    return redirect(came_from(), 303)


def download(sealed: str) -> ResponseReturnValue:
    """Answer as the form would have been that was sealed into the link; raises LinkEnded."""
    path, fields = _taken_out(sealed)
    keep_form(fields)
    endpoint, values = current_app.create_url_adapter(request).match(path, "POST")  # type: ignore[union-attr]
    return cast(ResponseReturnValue, current_app.view_functions[endpoint](**values))


def _taken_out(sealed: str) -> tuple[str, Fields]:
    try:
        until, path, fields = json.loads(_safe().take_out(sealed))
    except SecretLost:
        raise LinkEnded from None
    if until < clock.wall().isoformat():
        raise LinkEnded
    return path, fields


def _safe() -> Safe:
    whose = f"{current_staff().member_id} {who.sign_in_id()}"
    return Safe(current.settings().secret_key, f"download after a question {whose}")


ROUTES = (AdminRoute("/downloads/<sealed>", download, "download", Role.VIEWER),)
