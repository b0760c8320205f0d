"""Readership over HTTP: the funnel from the wall to the payment, and its lines as CSV; every route of the room."""

from flask import request
from flask.typing import ResponseReturnValue

from paywall.admin.ground.routes import AdminRoute
from paywall.admin.ground.sheets import as_csv, sheet
from paywall.admin.readership import funnel, metering
from paywall.admin.readership.asking import read_period, usual_period
from paywall.admin.readership.frame import readership_page, today
from paywall.errors import BadInput
from paywall.staff.rules import Role
from paywall.web import current

_BY: tuple[tuple[str, str], ...] = tuple((one.value, one.value) for one in funnel.By)
_COLUMNS = [(words, "number") for words in funnel.HEADER]


def show_funnel() -> ResponseReturnValue:
    """Show what became of walls; a bad question gets 400, and the usual period."""
    period, by, wrong = usual_period(today()), funnel.By.ARTICLE, None
    try:
        period, by = read_period(request.args, today()), funnel.read_by(request.args)
    except BadInput as error:
        wrong = error
    found = funnel.look(current.session(), current.publisher(), period, by)
    given = {"from": period.first.isoformat(), "to": period.last.isoformat(), "by": by.value}
    return readership_page("funnel", wrong, given, found=found, by=by, period=period, columns=_COLUMNS, options=_BY)


def export_funnel() -> ResponseReturnValue:
    """Send every line of the funnel as CSV; of articles the number and the title."""
    session, profile = current.session(), current.publisher()
    period, by = read_period(request.args, today()), funnel.read_by(request.args)
    lines = funnel.named_lines(session, profile, period, by)
    titles = funnel.all_titles(session, profile) if by is funnel.By.ARTICLE else {}
    head = (by.value, "title", *(words.lower() for words in funnel.HEADER))
    rows = ((one.which, titles.get(one.which, ""), *map(str, one[1:])) for one in lines)
    return as_csv(f"funnel-{by.value}-{period.first}-{period.last}", sheet(head, rows))


_ROOM = "/readership"
ROUTES = (
    AdminRoute(_ROOM, show_funnel, "readership", Role.VIEWER, label="Readership"),
    AdminRoute(f"{_ROOM}/funnel.csv", export_funnel, "readership_funnel", Role.VIEWER),
    AdminRoute(f"{_ROOM}/meter", metering.show_meter, "readership_meter", Role.VIEWER),
    AdminRoute(f"{_ROOM}/meter.csv", metering.export_meter, "readership_histogram", Role.VIEWER),
    AdminRoute(f"{_ROOM}/what-if", metering.show_what_if, "readership_what_if", Role.VIEWER),
    AdminRoute(f"{_ROOM}/what-if.csv", metering.export_what_if, "readership_curve", Role.VIEWER),
)
