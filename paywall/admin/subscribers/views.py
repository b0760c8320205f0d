"""The list over HTTP: the page, its CSV, saving and removing views."""

from flask import redirect, request
from flask.typing import ResponseReturnValue

from paywall import audit, clock
from paywall.admin.ground.door import current_staff
from paywall.admin.ground.pages import act, page
from paywall.admin.ground.routes import AdminRoute
from paywall.admin.ground.sheets import as_csv
from paywall.admin.subscribers.asking.reading import filters_in, given_in, query_of, read_question
from paywall.admin.subscribers.choices import choices_of
from paywall.admin.subscribers.export import export
from paywall.admin.subscribers.finding.choosing import Asked
from paywall.admin.subscribers.saved.counting import Counts
from paywall.admin.subscribers.saved.keeping import LONGEST_NAME, remove_view, save_view
from paywall.admin.subscribers.showing.form import LABELS
from paywall.admin.subscribers.showing.page import Desk, list_page
from paywall.staff.rules import Role
from paywall.web import current
from paywall.web.forms import read_form

PATH = "/admin/subscribers"
_counts = Counts()


def show_list() -> ResponseReturnValue:
    """Show the page that the address line asks for; a bad question gets 400 and says what is wrong."""
    session, profile, role = current.session(), current.publisher(), current_staff().role
    desk = Desk(profile.id, choices_of(session, profile), _counts)
    found = list_page(session, desk, request.query_string, clock.now())
    allowed = {"may_save": role.covers(Role.SUPPORT), "may_export": role.covers(Role.SUPPORT)}
    words = {"labels": LABELS, "longest_name": LONGEST_NAME}
    return page("subscribers/list", found.status, found=found, **allowed, **words)


def export_list() -> ResponseReturnValue:
    """Send the list as CSV, as it is made; the audit has who took it and by what it was filtered, not for whom."""
    session, profile, query = current.session(), current.publisher(), read_form().text("query").encode()
    choices, given = choices_of(session, profile), given_in(query)
    question, now = read_question(given, choices), clock.now()
    about, filters = f"publisher:{profile.id}", sorted(filters_in(given))
    audit.write(session, profile.id, current_staff().actor, "subscribers_exported", about, filters=filters)
    session.commit()  # whatever becomes of the download
    rows = export(current.database(), Asked(profile.id, question, choices, now))
    return as_csv(f"subscribers-{now:%Y-%m-%d}", rows)


def keep_view() -> ResponseReturnValue:
    """Save the question under a name, and lead to it."""
    profile, form, query = current.publisher(), read_form(), read_form().text("query")
    choices = choices_of(current.session(), profile)
    with act(form) as session:
        save_view(session, profile.id, form.text("name"), query, choices, actor=current_staff().actor)
    return redirect(f"{PATH}?{query_of(filters_in(given_in(query.encode())))}", 303)


def drop_view(view_id: int) -> ResponseReturnValue:
    """Take a view away, and lead to the list."""
    with act(read_form()) as session:
        remove_view(session, current.publisher().id, view_id, actor=current_staff().actor)
    return redirect(PATH, 303)


_ROOM = "/subscribers"
ROUTES = (
    AdminRoute(_ROOM, show_list, "subscribers", Role.VIEWER, label="Subscribers"),
    AdminRoute(
        f"{_ROOM}/export",
        export_list,
        "subscribers_export",
        Role.SUPPORT,
        ("POST",),
        is_fresh=True,
        is_download=True,
    ),
    AdminRoute(f"{_ROOM}/views", keep_view, "view_saving", Role.SUPPORT, ("POST",)),
    AdminRoute(f"{_ROOM}/views/<int:view_id>/removal", drop_view, "view_removal", Role.SUPPORT, ("POST",)),
)
