"""The audit over HTTP: the list, one entry, the list as CSV."""

from flask import request
from flask.typing import ResponseReturnValue

from paywall import audit, clock
from paywall.admin.audit.asking import Question, given_in, query_of, read_question
from paywall.admin.audit.finding import actions_done, all_entries, find_entries, find_entry
from paywall.admin.audit.showing import HEADER, cells_of, lines_of, shown
from paywall.admin.dossier.deeds import deed_words
from paywall.admin.ground.cursors import NumberedPage
from paywall.admin.ground.days import Days
from paywall.admin.ground.door import current_staff
from paywall.admin.ground.pages import page
from paywall.admin.ground.routes import AdminRoute
from paywall.admin.ground.sheets import as_csv, sheet
from paywall.errors import BadInput
from paywall.staff.rules import Role
from paywall.web import current
from paywall.web.forms import read_form


def show_audit() -> ResponseReturnValue:
    """Show what the address line asks for; a bad question gets 400 and says what is wrong."""
    session, profile, given = current.session(), current.publisher(), given_in(request.args)
    errors: dict[str, str] = {}
    found, question = NumberedPage([]), Question()
    try:
        question = read_question(session, profile, given)
        found = find_entries(session, profile.id, question, request.args.get("page", ""))
    except BadInput as wrong:
        errors = {wrong.field: wrong.sentence}
    return page(
        "audit/list",
        400 if errors else 200,
        errors=errors,
        given=given,
        query=query_of(given),
        lines=lines_of(session, profile.id, found.rows),
        earlier=query_of(given, page=found.earlier) if found.earlier else None,
        later=query_of(given, page=found.later) if found.later else None,
        actions=[(one, deed_words(one)) for one in _actions(profile.id, given.get("did"))],
        days=Days(profile.timezone),
    )


def show_entry(entry_id: int) -> ResponseReturnValue:
    """Show one entry with what was before and after."""
    session, profile = current.session(), current.publisher()
    entry = shown(session, profile.id, find_entry(session, profile.id, entry_id))
    return page("audit/entry", entry=entry, days=Days(profile.timezone))


def export_audit() -> ResponseReturnValue:
    """Send what the list has as CSV, as it is read; that is a deed, too."""
    session, profile, form = current.session(), current.publisher(), read_form()
    given = given_in({name: form.text(name) for name in form.values})
    question, about = read_question(session, profile, given), f"publisher:{profile.id}"
    audit.write(session, profile.id, current_staff().actor, "audit_exported", about, filters=sorted(given))
    session.commit()  # whatever becomes of the download
    rows = all_entries(current.database(), profile.id, question)
    return as_csv(f"audit-{clock.now():%Y-%m-%d}", sheet(HEADER, map(cells_of, rows)))


def _actions(publisher_id: int, chosen: str | None) -> list[str]:
    known = actions_done(current.session(), publisher_id)
    return known if not chosen or chosen in known else [*known, chosen]


ROUTES = (
    AdminRoute("/audit", show_audit, "audit", Role.SUPPORT, label="Audit"),
    AdminRoute("/audit/<int:entry_id>", show_entry, "audit_entry", Role.SUPPORT),
    AdminRoute("/audit/export", export_audit, "audit_export", Role.ADMIN, ("POST",), is_fresh=True, is_download=True),
)
