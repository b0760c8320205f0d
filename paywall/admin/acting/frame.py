"""The frame of every act: a page that says what will happen and asks once; a form that does it once.

The answer to a form is always the way back to the dossier, with a sentence on what was done.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from paywall import audit, clock
from paywall.admin.acting.knowing import Known, known_reader
from paywall.admin.acting.money.unanswered import answered
from paywall.admin.acting.question import LONGEST_REASON, Question
from paywall.admin.ground.door import current_staff
from paywall.admin.ground.pages import page
from paywall.admin.ground.routes import AdminRoute
from paywall.errors import BadInput, PaywallError
from paywall.staff.acts import DoneAlready, was_taken
from paywall.staff.rules import Role
from paywall.web import current
from paywall.web.forms import Form, read_form

Given = Mapping[str, str]
"""What has been filled in so far, by the names of the blanks; empty for what came twice or can't be read."""

LONGEST_NUMBER = 10
"""Digits: enough for any moment of the next two centuries."""
ERASED = "This account was erased."


class NotOffered(PaywallError):
    """This can't be done for this reader just now."""

    status = 409
    code = "not_offered"


class ChangedMeanwhile(PaywallError):
    """Somebody else has changed something about this reader since you looked."""

    status = 409
    code = "changed_meanwhile"


@dataclass(frozen=True, slots=True)
class Act:
    """One act. `ask` and `do` raise BadInput naming a blank.

    `do` returns the sentence on what was done, or an answer of its own.
    """

    name: str
    """The last part of its path: `sign-out`."""
    label: str
    role: Role
    ask: Callable[[Known, Given], Question]
    do: Callable[[Known, Form], ResponseReturnValue]
    why_not: Callable[[Known], str] = lambda _: ""
    """Why it makes no sense for this reader just now, in a sentence; empty where it does."""
    is_fresh: bool = False
    is_download: bool = False
    """It answers with a file."""
    is_watched: bool = False
    """Asked anew where its sentences say something else than they did when the form was filled in."""

    def refusal(self, known: Known) -> str:
        """Return why it is not offered; empty where it is."""
        return self.why_not(known) if known.reader.active else ERASED


def routes_of(one: Act) -> tuple[AdminRoute, AdminRoute]:
    """Return the page that asks, and the form that does it."""
    path, name = f"/subscribers/<int:reader_id>/{one.name}", f"act_{one.name.replace('-', '_')}"

    def ask(reader_id: int) -> ResponseReturnValue:
        known = _known(reader_id)
        return _show(one, known, dict(_readable(request.args)), 200)

    def do(reader_id: int) -> ResponseReturnValue:
        known, form = _known(reader_id), read_form()
        _refuse_again(form)
        try:
            _refuse(one, known)
            _refuse_changed(one, known, form)
            current.session().commit()  # an act has transactions of its own
            done = one.do(known, form)
        except NotOffered:
            _refuse_again(form)
            raise
        except BadInput as problem:
            _refuse_again(form)
            return _show(one, known, _given_in(form), problem.status, {problem.field: problem.sentence})
        except ChangedMeanwhile as changed:
            return _show(one, known, _given_in(form), changed.status)
        if not isinstance(done, str):
            return done
        flash(done, "good")
        return redirect(known.path, 303)

    return (
        AdminRoute(path, ask, f"ask_{name}", one.role, is_fresh=one.is_fresh),
        AdminRoute(path, do, name, one.role, ("POST",), is_fresh=one.is_fresh, is_download=one.is_download),
    )


def note(session: Session, known: Known, action: str, *, before: object, after: object, **about: object) -> None:
    """Write the one row of an act into the audit, in the transaction that does it, or that notes the wish.

    `about` is the reason, and ids of what it was done to: plain data without names or addresses.
    """
    staff = current_staff()
    audit.write(session, staff.publisher_id, staff.actor, action, known.subject, before=before, after=after, **about)


@contextmanager
def carried_out(known: Known, action: str) -> Iterator[None]:
    """Hold the talk with Stripe that follows a noted act; where it fails, the audit has that, too.

    What was noted may be asked again: Stripe's keys and our rules make two of it one. What is never answered, since the
    process has died, becomes an alarm: the note says so by `unanswered.await_answer`.
    """
    whose = (known.publisher.id, known.reader.id, action)
    try:
        yield
    except PaywallError as error:
        with current.database().writing() as session:
            note(session, known, f"{action}_failed", before=None, after=error.code)
            answered(session, *whose)
        raise
    with current.database().writing() as session:
        answered(session, *whose)


def reason_in(form: Form) -> str:
    """Return the reason that a form gives; raises BadInput where it is empty, too long, or of several lines."""
    reason = form.text("reason").strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise BadInput("reason", f"Give a reason of at most {LONGEST_REASON} characters.")
    if not reason.isprintable():
        raise BadInput("reason", "Give a reason in plain text, on one line.")
    return reason


def whole_number_in(form: Form, name: str) -> int:
    """Return the whole number in a blank, written with plain digits; raises BadInput."""
    text = form.text(name).strip()
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER):
        raise BadInput(name, "Write a whole number, in digits.")
    return int(text)


def _known(reader_id: int) -> Known:
    return known_reader(current.session(), current.publisher(), reader_id, clock.now())


def _refuse_again(form: Form) -> None:
    """Raise DoneAlready for a form that has done its work: also where another tab did it a moment ago."""
    if was_taken(current.session(), current_staff().publisher_id, form.text_or("act")):
        raise DoneAlready


def _refuse(one: Act, known: Known) -> None:
    refusal = one.refusal(known)
    if refusal:
        raise NotOffered(refusal)


def _refuse_changed(one: Act, known: Known, form: Form) -> None:
    looked = form.text_or("looked")
    if one.is_watched and looked and looked != one.ask(known, _given_in(form)).looked:
        raise ChangedMeanwhile


def _given_in(form: Form) -> Given:
    return {name: form.text_or(name) for name in form.values}


def _show(
    one: Act, known: Known, given: Given, status: int, errors: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    _refuse(one, known)
    problems = dict(errors or {})
    try:
        question = one.ask(known, given)
    except BadInput as problem:
        problems, status = problems | {problem.field: problem.sentence}, problem.status
        question = one.ask(known, {})
    then = given.get("looked", "") if status == ChangedMeanwhile.status else ""
    return page("acting/ask", status, deed=one, known=known, question=question, then=then, errors=problems)


def _readable(args: Any) -> Any:  # noqa: ANN401 - werkzeug's dictionary of lists
    return ((name, values[0]) for name, values in args.lists() if len(values) == 1 and "\0" not in values[0])
