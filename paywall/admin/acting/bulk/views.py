"""`/admin/subscribers/bulk`: what would happen to how many, doing it, and how far it has come."""

import time
from collections.abc import Mapping

from flask import redirect, request
from flask.typing import ResponseReturnValue

from paywall import audit
from paywall.admin.acting.bulk.asking import Whom, order_in, whom_in
from paywall.admin.acting.bulk.carrying_out import carry_out
from paywall.admin.acting.bulk.choosing import Foreseen, foresee
from paywall.admin.acting.bulk.rules import DONE
from paywall.admin.acting.bulk.tables import act_of, keep_act, outcomes
from paywall.admin.ground.door import current_staff
from paywall.admin.ground.pages import act, looked_at_again, page
from paywall.admin.ground.routes import AdminRoute
from paywall.admin.subscribers.asking.reading import filters_in, given_in, query_of
from paywall.errors import BadInput, NotFound
from paywall.readers.email_address import for_people
from paywall.readers.finding import readers_among
from paywall.staff.rules import Role
from paywall.web import current
from paywall.web.forms import Form, read_form

PATH = "/admin/subscribers/bulk"
ANSWERS_WITHIN = 2.0
"""Seconds of work before the page is shown; the rest is done beside."""
_CHANGED = "The list has changed since you looked. This is how it stands now: look again, then confirm."


def preview() -> ResponseReturnValue:
    """Say what would happen to how many; changes nothing."""
    form = Form(dict(request.args.lists()))
    whom = whom_in(form)
    try:
        return _confirm(form, whom, 200, {})
    except BadInput as problem:
        return _choose(form, whom, 422 if form.text_or("kind") else 200, problem)


def do_it() -> ResponseReturnValue:
    """Keep whom it is about, and begin."""
    form, staff = read_form(), current_staff()
    order, whom = order_in(form), whom_in(form)
    seen = foresee(current.session(), whom, order)
    if form.text("seal") != seen.seal:
        return _confirm(form, whom, 422, {"seal": _CHANGED})
    current.session().commit()
    with act(form) as session:
        values = {"kind": order.kind.value, "days": order.days, "reason": order.reason}
        about = {"publisher_id": staff.publisher_id, "actor": staff.actor, "asked_at": whom.asked.now}
        number = keep_act(session, {**values, **about}, seen.reader_ids)
        detail = {"before": None, "after": {**values, "readers": len(seen.reader_ids)}}
        audit.write(session, staff.publisher_id, staff.actor, "bulk_act_asked", f"bulk act:{number}", **detail)
    enough_at = time.monotonic() + ANSWERS_WITHIN
    carry_out(current.database(), number, lambda: time.monotonic() > enough_at)
    return redirect(f"{PATH}/{number}", 303)


def show(bulk_act_id: int) -> ResponseReturnValue:
    """Show how far it has come."""
    session = current.session()
    what = act_of(session, current_staff().publisher_id, bulk_act_id)
    if what is None:
        raise NotFound("There is no such act.")
    found = outcomes(session, what.id)
    waiting, done = found.pop(None, 0), found.pop(DONE, 0)
    answer = page("acting/bulk_done", what=what, waiting=waiting, done=done, left_out=found)
    return looked_at_again(answer) if waiting else answer


def _confirm(form: Form, whom: Whom, status: int, errors: Mapping[str, str]) -> ResponseReturnValue:
    return _page(form, whom, status, foresee(current.session(), whom, order_in(form)), errors)


def _choose(form: Form, whom: Whom, status: int, problem: BadInput) -> ResponseReturnValue:
    errors = {problem.field: problem.sentence} if status != 200 else {}
    return _page(form, whom, status, None, errors)


def _page(form: Form, whom: Whom, status: int, seen: Foreseen | None, errors: Mapping[str, str]) -> ResponseReturnValue:
    given = {name: form.text_or(name) for name in ("kind", "days", "reason")}
    query = query_of(filters_in(given_in(form.text("query").encode())))
    return page("acting/bulk", status, seen=seen, given=given, query=query, ticked=_named(whom), errors=dict(errors))


def _named(whom: Whom) -> dict[int, str] | None:
    """Return the addresses of those who were ticked, by id; None where it is about all in the list."""
    if whom.ticked is None:
        return None
    accounts = readers_among(current.session(), whom.asked.publisher_id, whom.ticked)
    return {reader_id: for_people(accounts[reader_id].email) for reader_id in whom.ticked}


_ROOM = "/subscribers/bulk"
ROUTES = (
    AdminRoute(_ROOM, preview, "bulk_preview", Role.SUPPORT),
    AdminRoute(_ROOM, do_it, "bulk", Role.SUPPORT, ("POST",)),
    AdminRoute(f"{_ROOM}/<int:bulk_act_id>", show, "bulk_done", Role.SUPPORT),
)
