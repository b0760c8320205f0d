"""Forms that a question interrupts: the page that asks carries all that had been typed, and the answer brings it along.

What had been typed stands in the page as hidden fields, and comes back with the answer to the address it was on its way
to: nothing of it is kept here, no address is taken from outside, and the form's own token still counts once. Only what
came with the right token of our own pages is ever carried: all else is refused before it reaches the door.
"""

from collections.abc import Sequence

from flask import flash, g, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import ImmutableMultiDict

from paywall.admin.ground.door import came_from, led_to, page_of_ours
from paywall.admin.ground.pages import page
from paywall.web.forms import Form

PASSWORD, CODE, SEAL, BACK = "again_password", "again_code", "again_seal", "again_back"
"""The fields that a page adds to those it carries; no form of ours has any of these names."""
_ADDED = (PASSWORD, CODE, SEAL, BACK)
MOST_FIELDS = 300
MOST_CHARACTERS = 64_000
_NOT_KEPT = "Your form could not be kept meanwhile. Fill it in once more afterwards."

Fields = Sequence[tuple[str, str]]


def take_out_answers() -> None:
    """Take what a page has added out of the form, before anything else reads it."""
    form = Form(request.form.to_dict(flat=False))
    if BACK not in form.values:
        return
    g.came_from = page_of_ours(form.text_or(BACK))
    g.answers = {name: form.text_or(name) for name in _ADDED if name in form.values}
    rest = [pair for pair in request.form.items(multi=True) if pair[0] not in _ADDED]
    request.form = ImmutableMultiDict(rest)


def answer_to(question: str) -> str | None:
    """Return what was answered to PASSWORD or CODE, or the SEAL that came along; None where that did not come."""
    answers: dict[str, str] = g.get("answers", {})
    return answers.get(question)


def was_interrupted() -> bool:
    """Tell whether this form comes from a page that had asked something, and not from its own."""
    return "answers" in g


def typed() -> Fields:
    """Return the fields of the form as they were typed, in their order."""
    return [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]


def carry(template: str, question: str, path: str, wrong: str = "", seal: str = "") -> ResponseReturnValue:
    """Show the page that asks and carries the form; what it can't carry is asked for at `path`, with the way back.

    `wrong` says why the answer that came was none.
    """
    fields = typed()
    if not _can_be_carried(fields):
        flash(_NOT_KEPT)
        return led_to(path)
    errors = {question: wrong} if wrong else {}
    values = {"carried": fields, "back": came_from(), "seal": seal}
    return page(template, 422 if wrong else 200, errors=errors, **values)


def _can_be_carried(fields: Fields) -> bool:
    """Tell whether a page can carry this: no files, not more than forms of ours have, nothing that browsers change."""
    size = sum(len(name) + len(value) for name, value in fields)
    is_plain = not any("\0" in name + value for name, value in fields)
    return not request.files and len(fields) <= MOST_FIELDS and size <= MOST_CHARACTERS and is_plain
