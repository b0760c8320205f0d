"""A comp: the right to read, given away until a day, for a reason."""

from paywall.admin.acting.frame import Act, Given, reason_in, whole_number_in
from paywall.admin.acting.knowing import Known
from paywall.admin.acting.question import Blank, Kind, Question, why
from paywall.admin.ground.door import current_staff
from paywall.admin.ground.pages import act
from paywall.entitlements.comps import LONGEST_DAYS, end_to_extend, give_comp
from paywall.staff.rules import Role
from paywall.web.forms import Form

USUAL_DAYS = "30"


def _ask(known: Known, given: Given) -> Question:
    reads = "reads everything at once, free of charge, until the end; no payment changes by it"
    limit = f"From now on, at most {LONGEST_DAYS}."
    days = Blank("days", "Days", Kind.NUMBER, given.get("days", USUAL_DAYS), limit)
    end = end_to_extend(known.rights, known.now)
    now = [f"Without it, {known.address} reads until {known.day(end)}."] if end else []
    return Question("Give the comp", [f"{known.address} {reads}.", *now], [days, why(given.get("reason", ""))])


def _do(known: Known, form: Form) -> str:
    days, reason, staff = whole_number_in(form, "days"), reason_in(form), current_staff()
    with act(form) as session:
        comp = give_comp(session, staff.publisher_id, known.reader.id, days=days, reason=reason, actor=staff.actor)
    return f"Given. {known.address} reads free of charge until {known.day(comp.valid_until)}."


ACT = Act("comp", "Give a comp", Role.SUPPORT, _ask, _do, is_watched=True)
