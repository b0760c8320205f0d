"""`/admin/subscribers/bulk`: what would happen to how many, doing it, and how far it has come."""

import time
from collections.abc import Mapping

from flask import redirect, request
from flask.typing import ResponseReturnValue

from paywall import audit, clock
from paywall.admin.acting.bulk.carrying_out import carry_out
from paywall.admin.acting.bulk.choosing import Foreseen, foresee
from paywall.admin.acting.bulk.rules import DONE, Kind, Order
from paywall.admin.acting.bulk.tables import act_of, keep_act, outcomes
from paywall.admin.acting.frame import reason_in, whole_number_in
from paywall.admin.ground.door import current_staff
from paywall.admin.ground.pages import act, page
from paywall.admin.ground.routes import AdminRoute
from paywall.admin.subscribers.asking.reading import filters_in, given_in, query_of, read_question
from paywall.admin.subscribers.choices import choices_of
from paywall.admin.subscribers.finding.choosing import Asked
from paywall.entitlements.comps import LONGEST_DAYS
from paywall.errors import BadInput, NotFound
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
    try:
        return _confirm(form, 200, {})
    except BadInput as problem:
        return _choose(form, 422 if form.text_or("kind") else 200, problem)


def do_it() -> ResponseReturnValue:
    """Keep whom it is about, and begin."""
    form, staff = read_form(), current_staff()
    order, asked = _order(form), _asked(form)
    seen = foresee(current.session(), asked, order)
    if form.text("seal") != seen.seal:
        return _confirm(form, 422, {"seal": _CHANGED})
    current.session().commit()
    with act(form) as session:
        values = {"kind": order.kind.value, "days": order.days, "reason": order.reason}
        about = {"publisher_id": staff.publisher_id, "actor": staff.actor, "asked_at": asked.now}
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
    return page("acting/bulk_done", what=what, waiting=waiting, done=done, left_out=found)


def _confirm(form: Form, status: int, errors: Mapping[str, str]) -> ResponseReturnValue:
    order = _order(form)
    seen = foresee(current.session(), _asked(form), order)
    return _page(form, status, order=order, seen=seen, errors=errors)


def _choose(form: Form, status: int, problem: BadInput) -> ResponseReturnValue:
    errors = {problem.field: problem.sentence} if status != 200 else {}
    return _page(form, status, order=None, seen=None, errors=errors)


def _page(
    form: Form, status: int, *, order: Order | None, seen: Foreseen | None, errors: Mapping[str, str]
) -> ResponseReturnValue:
    given = {name: form.text_or(name) for name in ("kind", "days", "reason")}
    query = query_of(filters_in(given_in(form.text("query").encode())))
    return page("acting/bulk", status, order=order, seen=seen, errors=dict(errors), given=given, query=query)


def _order(form: Form) -> Order:
    try:
        kind = Kind(form.text("kind"))
    except ValueError as error:
        raise BadInput("kind", "Choose what is to be done.") from error
    if not kind.has_days:
        return Order(kind)
    days = whole_number_in(form, "days")
    if not 1 <= days <= LONGEST_DAYS:
        raise BadInput("days", f"Give a number of days from 1 to {LONGEST_DAYS}.")
    return Order(kind, days, reason_in(form))


def _asked(form: Form) -> Asked:
    session, profile = current.session(), current.publisher()
    choices = choices_of(session, profile)
    question = read_question(given_in(form.text("query").encode()), choices)
    return Asked(profile.id, question, choices, clock.now())


_ROOM = "/subscribers/bulk"
ROUTES = (
    AdminRoute(_ROOM, preview, "bulk_preview", Role.SUPPORT),
    AdminRoute(_ROOM, do_it, "bulk", Role.SUPPORT, ("POST",)),
    AdminRoute(f"{_ROOM}/<int:bulk_act_id>", show, "bulk_done", Role.SUPPORT),
)
