"""Sending a file, looking at what it would do, applying it, undoing it."""

from collections.abc import Callable

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from paywall.admin.ground.door import current_staff
from paywall.admin.ground.pages import act, looked_at_again, page
from paywall.admin.ground.routes import AdminRoute
from paywall.admin.importing import asking
from paywall.admin.importing.asking import CHOOSABLE, EXISTING, PATH, file_in, order_in
from paywall.errors import BadInput
from paywall.importing.carrying_out.applying import apply_some
from paywall.importing.carrying_out.undoing import undo_some
from paywall.importing.checking import begin_check, check, open_file
from paywall.importing.mapping.sources import MAPPINGS
from paywall.importing.runs import (
    State,
    begin_applying,
    begin_undoing,
    kept_by,
    problems_of,
    progress_of,
    run_of,
    runs_of,
)
from paywall.importing.summing import summary_of
from paywall.readership.forgetting import erasing
from paywall.staff.rules import Role
from paywall.web import current
from paywall.web.forms import Form, read_form

STEPS_AT_ONCE = 5
"""So many steps are done before the page answers, so that a short file is done at once; a worker does the rest."""


def show_form() -> ResponseReturnValue:
    """Show the form, and the imports there were."""
    return _form(Form({}), 200)


def check_file() -> ResponseReturnValue:
    """Check a file and show what it would do; 422 where it has problems."""
    form, staff = read_form(), current_staff()
    try:
        order = order_in(form, current.publisher(), staff.actor)
        current.session().commit()  # Stripe is asked below: no connection is held meanwhile
        opened = open_file(file_in(), order)
        with act(form) as session:
            number = begin_check(session, order, opened)
        check(current.database(), number, order, opened)
    except BadInput as problem:
        return _form(form, problem.status, errors={problem.field: problem.sentence})
    return show_import(number, refuses=True)


def show_import(import_id: int, *, refuses: bool = False) -> ResponseReturnValue:
    """Show what an import would do, does or did; with `refuses`, a file with problems answers 422."""
    session, publisher_id = current.session(), current_staff().publisher_id
    run = run_of(session, publisher_id, import_id)
    told = {
        "run": run,
        "mapping": MAPPINGS[run.mapping].name,
        "summary": summary_of(session, run),
        "problems": problems_of(session, import_id),
        "kept": kept_by(session, import_id),
        "progress": progress_of(session, run),
    }
    answer = page("importing/import", 422 if refuses and run.problem_count else 200, **told)
    return looked_at_again(answer) if run.state in (State.APPLYING, State.UNDOING) else answer


def apply(import_id: int) -> ResponseReturnValue:
    """Begin to apply an import, and do its first steps."""
    form, staff = read_form(), current_staff()
    with act(form) as session:
        letters = form.text("letters") == "yes"
        begin_applying(session, staff.publisher_id, import_id, letters=letters, actor=staff.actor)
    base_url = current.settings().base_url
    _take_first_steps(lambda: apply_some(current.database(), import_id, base_url), "The import is applied.")
    return redirect(f"{PATH}/{import_id}", 303)


def undo(import_id: int) -> ResponseReturnValue:
    """Begin to undo an import, and do its first steps."""
    form, staff = read_form(), current_staff()
    with act(form) as session:
        begin_undoing(session, staff.publisher_id, import_id, actor=staff.actor)
    erase = erasing(current.settings().secret_key)
    _take_first_steps(lambda: undo_some(current.database(), import_id, erase), "The import is undone.")
    return redirect(f"{PATH}/{import_id}", 303)


def _take_first_steps(step: Callable[[], int], words: str) -> None:
    """Take the first steps; where these were all, say so."""
    if not all(step() for _ in range(STEPS_AT_ONCE)):
        flash(words, "good")


def _form(form: Form, status: int, **values: object) -> ResponseReturnValue:
    mappings = [(one.slug, one.name) for one in MAPPINGS.values()]
    told = {
        "runs": runs_of(current.session(), current_staff().publisher_id),
        "mappings": mappings,
        "names": dict(mappings),
        "existing": EXISTING,
        "fields": CHOOSABLE,
        "typed": {name: form.text_or(name)[:100] for name in form.values},
        "most_bytes": asking.MOST_BYTES,
    }
    return page("importing/list", status, **told, **values)


_POST, _ONE = ("POST",), "/import/<int:import_id>"
ROUTES = (
    AdminRoute("/import", show_form, "import", Role.ADMIN, label="Import"),
    AdminRoute("/import", check_file, "import_check", Role.ADMIN, _POST, is_fresh=True),
    AdminRoute(_ONE, show_import, "import_one", Role.ADMIN),
    AdminRoute(f"{_ONE}/apply", apply, "import_apply", Role.ADMIN, _POST, is_fresh=True),
    AdminRoute(f"{_ONE}/undo", undo, "import_undo", Role.ADMIN, _POST, is_fresh=True),
)
