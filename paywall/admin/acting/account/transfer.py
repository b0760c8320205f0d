"""Transferring what a reader has to another account: somebody has made a second one, or changed the address."""

from paywall.admin.acting.frame import Act, Given, note, reason_in
from paywall.admin.acting.knowing import Known
from paywall.admin.acting.question import Blank, Kind, Question, why
from paywall.admin.ground.pages import act
from paywall.billing.changing.moving import has_paid_here, move
from paywall.billing.checkout.customers import tell_address
from paywall.billing.parts import billing
from paywall.errors import BadInput, NotFound
from paywall.readers.email_address import for_people
from paywall.readers.finding import find_reader
from paywall.readers.tables import Reader
from paywall.staff.rules import Role
from paywall.web import current
from paywall.web.forms import Form


def _ask(known: Known, given: Given) -> Question:
    if not given.get("to"):
        to = Blank("to", "Address of the other account", help="The account must exist, and never have paid itself.")
        return Question("Show what happens", ["Nothing is moved yet."], [to], leads_on=True)
    to_whom = _other(known, given["to"])
    what = "subscription, comps, invoices, card"
    sentences = [
        f"Everything that lets {known.address} in goes to {for_people(to_whom.email)}: {what}.",
        f"{known.address} keeps the account, and reads no more than anybody does who has not paid.",
        "The other account sees the invoices and the end of the card's number: be sure that both belong to one person.",
    ]
    kept = Blank("to", kind=Kind.KEPT, value=to_whom.email)
    return Question("Transfer", sentences, [kept, why(given.get("reason", ""))], is_dangerous=True)


def _do(known: Known, form: Form) -> str:
    to, reason, parts = _other(known, form.text("to")), reason_in(form), billing()
    current.session().commit()
    with act(form) as session:
        customers = move(session, parts, known.publisher.id, known.reader.id, to.id)
        moved = {"before": known.subject, "after": f"reader:{to.id}"}
        note(session, known, "transferred", **moved, reason=reason)
    for customer in customers:
        tell_address(parts, customer, to.email)
    return f"Transferred to {for_people(to.email)}."


def _other(known: Known, typed: str) -> Reader:
    session = current.session()
    try:
        to = find_reader(session, known.publisher.id, typed)
    except (BadInput, NotFound) as problem:
        raise BadInput("to", "No reader has that address.") from problem
    if to.id == known.reader.id:
        raise BadInput("to", "This is the same account.")
    if not to.active:
        raise BadInput("to", "No reader has that address.")
    if has_paid_here(session, to.id):
        raise BadInput("to", "That account has been a customer itself: cancel here, and give it a comp instead.")
    return to


def _why_not(known: Known) -> str:
    return "" if known.open_rights or known.running else "There is nothing to transfer."


ACT = Act("transfer", "Transfer to another account", Role.ADMIN, _ask, _do, _why_not, is_fresh=True, is_watched=True)
