"""The front page of /admin: alarms, counts that cost nothing, who has just come, what has just been done."""

from flask.typing import ResponseReturnValue

from paywall import clock, notices
from paywall.admin.audit.finding import newest_entries
from paywall.admin.audit.showing import Line, lines_of
from paywall.admin.ground.days import Days
from paywall.admin.ground.door import current_staff
from paywall.admin.ground.pages import page
from paywall.admin.ground.routes import AdminRoute
from paywall.admin.operations.words import notice_path, notice_words
from paywall.admin.subscribers.choices import choices_of
from paywall.admin.subscribers.showing.page import newest_rows
from paywall.admin.today.counting import counts
from paywall.staff.rules import Role
from paywall.web import current

SHOWN = 8
"""Rows in each of the lists."""


def front() -> ResponseReturnValue:
    """Show the front page."""
    session, profile, now = current.session(), current.publisher(), clock.now()
    days = Days(profile.timezone)
    ours = [one for one in notices.open_notices(session) if one.publisher_id in (None, profile.id)]
    return page(
        "today/front",
        counts=counts(session, profile.id, now),
        notices=[(one, notice_words(one, days), notice_path(one)) for one in ours],
        newest=newest_rows(session, profile.id, choices_of(session, profile), SHOWN, now),
        deeds=_deeds(),
        days=days,
    )


def _deeds() -> list[Line]:
    """Return what was done last, for those who may look into the audit."""
    if not current_staff().role.covers(Role.SUPPORT):
        return []
    session, publisher_id = current.session(), current.publisher().id
    return lines_of(session, publisher_id, newest_entries(session, publisher_id, SHOWN))


ROUTES = (AdminRoute("", front, "front", Role.VIEWER, label="Today"),)
