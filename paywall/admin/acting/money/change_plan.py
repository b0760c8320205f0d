"""Changing a reader's plan, for what the preview says to the minor unit."""

from paywall.admin.acting.frame import Act, Given, carried_out, note, reason_in, whole_number_in
from paywall.admin.acting.knowing import Known
from paywall.admin.acting.money.unanswered import await_answer
from paywall.admin.acting.question import Blank, Kind, Question, why
from paywall.admin.ground.pages import act
from paywall.billing.catalogue.money import Money
from paywall.billing.catalogue.wording import how_often
from paywall.billing.changing.choosing import Choice, choices
from paywall.billing.changing.previewing import Preview, preview_change
from paywall.billing.changing.rules import is_still_exact
from paywall.billing.changing.switching import Order, OutdatedPreview, Switched, switch
from paywall.billing.parts import billing
from paywall.billing.snapshots.fields import at
from paywall.errors import BadInput
from paywall.staff.rules import Role
from paywall.web import current
from paywall.web.forms import Form

_OUTDATED = "This is not what it would cost now. Here is the new reckoning: look again, then confirm."
_OUTCOMES = {
    Switched.DONE: "The subscription is changed.",
    Switched.SCHEDULED: "The change is noted; it comes with the next period.",
    Switched.TO_CONFIRM: (
        "The bank wants the payment confirmed. Nothing changes before the reader does so, on the account page."
    ),
    Switched.UNPAID: "The card was refused, and nothing has changed.",
}


def _ask(known: Known, given: Given) -> Question:
    found = _choices(known)
    if not given.get("price"):
        pairs = [(one.lookup_key, f"{one.plan}, {_price(one)}") for one in found]
        blank = Blank("price", "New price", Kind.CHOICE, pairs[0][0], pairs=pairs)
        return Question("Show what it costs", ["Nothing is changed yet."], [blank], leads_on=True)
    current.session().commit()  # nothing is held while Stripe reckons
    shown = preview_change(billing(), known.reader.id, given["price"], known.now)
    kept = {"price": shown.choice.lookup_key, "seal": shown.seal, "moment": str(shown.at)}
    blanks = [Blank(name, kind=Kind.KEPT, value=value) for name, value in kept.items()]
    return Question("Change the plan", _sentences(known, shown), [*blanks, why(given.get("reason", ""))])


def _do(known: Known, form: Form) -> str:
    order = Order(form.text("price"), form.text("seal"), whole_number_in(form, "moment"))
    reason, parts = reason_in(form), billing()
    if not is_still_exact(at(order.moment), known.now):
        raise BadInput("moment", _OUTDATED)
    before = known.running.lookup_key if known.running else None
    with act(form) as session:
        note(session, known, "plan_change_asked", before=before, after=order.lookup_key, reason=reason)
        await_answer(session, known.publisher.id, known.reader.id, "plan_change")
    try:
        with carried_out(known, "plan_change"):
            return _OUTCOMES[switch(parts, known.reader.id, order, known.now, is_noted=True)]
    except OutdatedPreview as outdated:
        raise BadInput("moment", _OUTDATED) from outdated


def _sentences(known: Known, shown: Preview) -> list[str]:
    day = known.day(shown.starts_at) if shown.starts_at else "the next period on"
    then = f"From {day} {shown.choice.plan} costs {_price(shown.choice)}."
    if not shown.choice.at_once:
        return [f"Nothing is charged today, and everything stays until then. {then}"]
    today = f"{shown.due.format('en')} is charged at once." if shown.due.minor else "Nothing is charged today."
    return [f"The new plan begins at once. {today} {then}", "Make sure that the reader wants it: the card is charged."]


def _price(choice: Choice) -> str:
    money = Money(choice.rate.amount_minor, choice.currency).format("en")
    return f"{money} {how_often(choice.rate.interval, choice.rate.interval_count)}"


def _choices(known: Known) -> list[Choice]:
    return choices(current.session(), known.running, known.now) if known.running else []


def _why_not(known: Known) -> str:
    if known.running is None:
        return "There is no running subscription."
    return "" if _choices(known) else "No other price can be chosen for this subscription just now."


ACT = Act("change-plan", "Change the plan", Role.SUPPORT, _ask, _do, _why_not)
