"""`/admin/subscribers/<id>`: the page of a reader, and the notes on it."""

from datetime import datetime

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from paywall import audit, clock
from paywall.admin.acting.knowing import known_reader
from paywall.admin.acting.offering import offered
from paywall.admin.dossier.facts import find, read_facts
from paywall.admin.dossier.page import dossier, moment_of
from paywall.admin.ground.cursors import BadPage
from paywall.admin.ground.door import current_staff
from paywall.admin.ground.gate import the_gate
from paywall.admin.ground.pages import act, page
from paywall.admin.ground.routes import AdminRoute
from paywall.errors import BadInput
from paywall.gate.answers import read_meters
from paywall.readers.notes import LONGEST_NOTE, write_note
from paywall.staff.rules import Role
from paywall.web import current
from paywall.web.forms import read_form


def show_dossier(reader_id: int) -> ResponseReturnValue:
    """Show a reader of this publisher; there is no page for any other."""
    return _page(200, reader_id)


def add_note(reader_id: int) -> ResponseReturnValue:
    """Keep a note."""
    form, staff = read_form(), current_staff()
    find(current.session(), staff.publisher_id, reader_id)
    try:
        with act(form) as session:
            note_id = write_note(session, staff.publisher_id, reader_id, form.text("text"), author=staff.actor)
            audit.write(session, staff.publisher_id, staff.actor, "note_written", f"reader:{reader_id}", note=note_id)
    except BadInput as problem:
        return _page(422, reader_id, text=form.text_or("text"), errors={problem.field: problem.sentence})
    flash("The note is kept.", "good")
    return redirect(f"/admin/subscribers/{reader_id}#notes", 303)


def _page(status: int, reader_id: int, **values: object) -> ResponseReturnValue:
    session, publisher, staff, now = current.session(), current.publisher(), current_staff(), clock.now()
    facts = read_facts(session, publisher, reader_id, now, _before())
    meters = read_meters(the_gate().gate, publisher, reader_id, now)
    acts = [one for one in offered(known_reader(session, publisher, reader_id, now)) if staff.role.covers(one.role)]
    shown = dossier(facts, meters)
    may_note = staff.role.covers(Role.SUPPORT) and not shown.is_erased
    return page("dossier/page", status, found=shown, acts=acts, may_note=may_note, longest_note=LONGEST_NOTE, **values)


def _before() -> datetime | None:
    """Return the moment that the address line names; raises BadPage for what is none."""
    word = request.args.get("before", "")
    if not word:
        return None
    if not (word.isascii() and word.isdigit()) or len(word) > _MOST_DIGITS:
        raise BadPage
    return moment_of(int(word))


_MOST_DIGITS = 16
_READER = "/subscribers/<int:reader_id>"
ROUTES = (
    AdminRoute(_READER, show_dossier, "dossier", Role.VIEWER),
    AdminRoute(f"{_READER}/notes", add_note, "add_note", Role.SUPPORT, ("POST",)),
)
