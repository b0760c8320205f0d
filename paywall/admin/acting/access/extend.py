"""Extending: some days more, behind all that lets a reader in now."""

from paywall.admin.acting.frame import Act, Given, reason_in, whole_number_in
from paywall.admin.acting.knowing import Known
from paywall.admin.acting.question import Blank, Kind, Question, why
from paywall.admin.ground.door import current_staff
from paywall.admin.ground.pages import act
from paywall.entitlements.comps import LONGEST_DAYS, end_to_extend, extend_access
from paywall.staff.rules import Role
from paywall.web.forms import Form

USUAL_DAYS = "7"


def _ask(known: Known, given: Given) -> Question:
    end = end_to_extend(known.rights, known.now)
    assert end  # noqa: S101 - it is not offered otherwise
    sentences = [
        f"What {known.address} has now reaches to {known.day(end)}. So many days of reading follow on that day."
    ]
    if known.running is not None:
        sentences.append("Payments go on as they are: the days are a gift, not a delay of the next payment.")
    days = Blank("days", "Days more", Kind.NUMBER, given.get("days", USUAL_DAYS), f"At most {LONGEST_DAYS}.")
    return Question("Extend", sentences, [days, why(given.get("reason", ""))])


def _do(known: Known, form: Form) -> str:
    days, reason, staff = whole_number_in(form, "days"), reason_in(form), current_staff()
    with act(form) as session:
        longer = extend_access(
            session, staff.publisher_id, known.reader.id, days=days, reason=reason, actor=staff.actor
        )
    return f"Extended. {known.address} reads until {known.day(longer.valid_until)} at least."


def _why_not(known: Known) -> str:
    return "" if known.open_rights else "Nothing lets this reader in just now: give a comp instead."


ACT = Act("extend", "Extend", Role.SUPPORT, _ask, _do, _why_not, is_watched=True)
