"""Erasing a reader, for good: the address is typed to confirm it."""

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from paywall.admin.acting.frame import Act, Given, note
from paywall.admin.acting.knowing import Known
from paywall.admin.acting.question import Blank, Question
from paywall.admin.ground.pages import act
from paywall.errors import BadInput, NotFound
from paywall.readers.finding import hold_reader, reader_by_id
from paywall.readership.forgetting import erasing
from paywall.staff.rules import Role
from paywall.web import current
from paywall.web.forms import Form


def _ask(known: Known, _given: Given) -> Question:
    sentences = [
        "The address, the password, sign-ins, mails and notes are deleted. This can't be undone.",
        "Payments and the audit log stay for the books, without a name. Reading ends at once, comps too.",
    ]
    typed = Blank("address", "Type the reader's address", help=f"{known.address}, letter by letter.")
    return Question("Erase this reader", sentences, [typed], is_dangerous=True)


def _do(known: Known, form: Form) -> ResponseReturnValue:
    if form.text("address").strip() not in (known.reader.email, known.address):
        raise BadInput("address", "This is not the reader's address.")
    with act(form) as session:
        hold_reader(session, known.reader.id)
        reader = reader_by_id(session, known.publisher.id, known.reader.id)
        if reader is None or not reader.active:
            raise NotFound("There is no such reader.")
        erasing(current.settings().secret_key)(session, [reader])
        note(session, known, "reader_erased", before="there", after="erased")
    flash("The reader is erased.", "good")
    return redirect("/admin/subscribers", 303)


def _why_not(known: Known) -> str:
    if known.reader.is_staff:
        return "This is a member of staff: remove the member first."
    if known.running is not None:
        return "A subscription runs: cancel it now first, so that nothing is charged to nobody."
    return ""


ACT = Act("erase", "Erase", Role.ADMIN, _ask, _do, _why_not, is_fresh=True)
