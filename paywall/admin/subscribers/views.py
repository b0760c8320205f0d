"""The list over HTTP: the page, its CSV, saving and removing views. Who may see it is judged before."""

from flask import Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from paywall import audit, clock
from paywall.admin.subscribers.asking.question import Question
from paywall.admin.subscribers.asking.reading import filters_in, given_in, read_question
from paywall.admin.subscribers.choices import choices_of
from paywall.admin.subscribers.export import export
from paywall.admin.subscribers.finding.choosing import Asked
from paywall.admin.subscribers.saved.counting import Counts
from paywall.admin.subscribers.saved.keeping import LONGEST_NAME, remove_view, save_view
from paywall.admin.subscribers.showing.form import LABELS
from paywall.admin.subscribers.showing.page import Desk, list_page
from paywall.web import current
from paywall.web.forms import read_form

PATH = "/admin/subscribers"
_counts = Counts()


def show_list(*, may_save: bool, may_export: bool) -> ResponseReturnValue:
    """Show the page that the address line asks for; a bad question gets 400 and says what is wrong."""
    session, profile = current.session(), current.publisher()
    desk = Desk(profile.id, choices_of(session, profile), _counts)
    page = list_page(session, desk, request.query_string, clock.now())
    allowed = {"may_save": may_save, "may_export": may_export}
    words = {"labels": LABELS, "longest_name": LONGEST_NAME}
    return render_template("admin/subscribers/list.html", page=page, **allowed, **words), page.status


def export_list(actor: str) -> ResponseReturnValue:
    """Send the list as CSV, as it is made; the audit has who took it and by what it was filtered, not for whom."""
    session, profile, query = current.session(), current.publisher(), read_form().text("query").encode()
    choices, given = choices_of(session, profile), given_in(query)
    question: Question = read_question(given, choices)
    filters = sorted(filters_in(given))
    audit.write(session, profile.id, actor, "subscribers_exported", f"publisher:{profile.id}", filters=filters)
    session.commit()
    rows = export(current.database(), Asked(profile.id, question, choices, clock.now()))
    name = f"subscribers-{clock.now():%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(rows, mimetype="text/csv", headers=headers)


def keep_view(actor: str) -> ResponseReturnValue:
    """Save the question under a name, and lead to it."""
    session, profile, form = current.session(), current.publisher(), read_form()
    choices = choices_of(session, profile)
    save_view(session, profile.id, form.text("name"), form.text("query"), choices, actor=actor)
    return redirect(f"{PATH}?{form.text('query')}", 303)


def drop_view(actor: str, view_id: int) -> ResponseReturnValue:
    """Take a view away, and lead to the list."""
    remove_view(current.session(), current.publisher().id, view_id, actor=actor)
    return redirect(PATH, 303)
