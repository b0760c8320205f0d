"""`/admin/operations/reports`: comparisons with Stripe, and what had drifted; notices that a person has dealt with."""

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from paywall import audit, notices
from paywall.admin.ground.days import Days
from paywall.admin.ground.door import came_from, current_staff
from paywall.admin.ground.pages import act, page
from paywall.admin.ground.typed import whole_in
from paywall.admin.operations.frame import rooms
from paywall.billing.reconciling.reports import MOST_DRIFTS, report, reports
from paywall.web import current
from paywall.web.forms import read_form

SHOWN = 30
_LARGEST = 999_999_999


def show_reports() -> ResponseReturnValue:
    """Show the latest comparisons, and the drifts of the one that the address line names, else of the latest."""
    session, profile = current.session(), current.publisher()
    latest = reports(session, profile.id, most=SHOWN)
    number = whole_in(request.args.get("report", ""), "report", 1, _LARGEST) or (latest[0].number if latest else None)
    shown, drifts = report(session, profile.id, number) if number else (None, [])
    return page(
        "operations/reports",
        rooms=rooms(),
        days=Days(profile.timezone),
        latest=latest,
        shown=shown,
        drifts=drifts,
        most=MOST_DRIFTS,
    )


def clear_notice(notice_id: int) -> ResponseReturnValue:
    """Take a notice away that a person has dealt with."""
    staff = current_staff()
    with act(read_form()) as session:
        row = notices.clear_notice(session, staff.publisher_id, notice_id)
        about = f"notice:{notice_id}"
        audit.write(session, staff.publisher_id, staff.actor, "notice_cleared", about, kind=row.kind)
    flash("Taken from the list.", "good")
    return redirect(came_from(), 303)
