"""The dashboard over HTTP: the page, and each table as CSV."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from paywall import clock
from paywall.admin.dashboard.asking import Asked, read_asked, usual
from paywall.admin.dashboard.front import cards
from paywall.admin.dashboard.more_panels import cohorts, due, shades
from paywall.admin.dashboard.panels import PANELS, Panel, Told
from paywall.admin.ground.days import Days
from paywall.admin.ground.door import current_staff
from paywall.admin.ground.pages import looked_at_again, page
from paywall.admin.ground.routes import AdminRoute
from paywall.admin.ground.sheets import as_csv, sheet
from paywall.business.asking.cohorts import Cohort, cohorts_of
from paywall.business.asking.coming import DueDay, renewals_due
from paywall.business.asking.figures import Desk, currencies, desk_of, parts_of
from paywall.errors import BadInput, NotFound
from paywall.staff.rules import Role
from paywall.web import current


@dataclass(frozen=True, slots=True)
class _Found:
    asked: Asked
    told: Told
    coming: list[DueDay]
    cohorts: list[Cohort]

    @property
    def panels(self) -> list[Panel]:
        return [*(make(self.told) for make in PANELS), due(self.coming, self.asked.currency), cohorts(self.cohorts)]


def show_dashboard() -> ResponseReturnValue:
    """Show the figures of the period in the address line; a bad question gets 400, and the usual period."""
    session = current.session()
    desk, known = _desk(session)
    days = Days(current.publisher().timezone)
    if desk is None or not known:
        none = page("dashboard/none", is_made=desk is not None)
        return none if desk else looked_at_again(none)
    wrong: BadInput | None = None
    try:
        asked = read_asked(request.args, known, desk.today)
    except BadInput as error:
        wrong, asked = error, usual(known, desk.today)
    found = _find(session, desk, asked)
    return page(
        "dashboard/figures",
        400 if wrong else 200,
        errors={wrong.field: wrong.sentence} if wrong else {},
        given=_given(asked) | ({name: value[:40] for name, value in request.args.items()} if wrong else {}),
        asked=asked,
        currencies=[(one, one) for one in known],
        panels=found.panels,
        cards=cards(found.told, found.coming),
        shades=shades(found.cohorts),
        as_of=days.minute(desk.as_of),
    )


def export_panel(name: str) -> ResponseReturnValue:
    """Send one table as CSV: the figures of the page, as a spreadsheet wants them."""
    session = current.session()
    desk, known = _desk(session)
    if desk is None or not known:
        raise NotFound("There are no figures yet.")
    asked = read_asked(request.args, known, desk.today)
    panel = next((one for one in _find(session, desk, asked).panels if one.name == name), None)
    if panel is None:
        raise NotFound("There is no such table.")
    head = ("currency", *(words.lower() for words in panel.header))
    rows = ((asked.currency, *(cell.plain for cell in row)) for row in panel.rows)
    return as_csv(f"{panel.name}-{asked.currency.lower()}-{desk.today}", sheet(head, rows))


def _desk(session: Session) -> tuple[Desk | None, list[str]]:
    desk = desk_of(session, current_staff().publisher_id, clock.now())
    return desk, currencies(session, desk) if desk else []


def _find(session: Session, desk: Desk, asked: Asked) -> _Found:
    parts = parts_of(session, desk, asked.currency, asked.period)
    told = Told(parts, asked.period.by, asked.currency)
    coming = renewals_due(session, desk, asked.currency)
    return _Found(asked, told, coming, cohorts_of(session, desk, asked.currency, asked.period))


def _given(asked: Asked) -> dict[str, str]:
    begins, by = asked.period.begins.isoformat(), asked.period.by.value
    return {"from": begins, "to": asked.last.isoformat(), "by": by, "currency": asked.currency}


_VIEWS: tuple[tuple[str, Callable[..., ResponseReturnValue], str, str], ...] = (
    ("/dashboard", show_dashboard, "dashboard", "Dashboard"),
    ("/dashboard/<name>.csv", export_panel, "dashboard_csv", ""),
)
ROUTES = tuple(AdminRoute(path, view, name, Role.VIEWER, label=label) for path, view, name, label in _VIEWS)
