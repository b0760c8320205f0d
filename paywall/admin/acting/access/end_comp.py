"""Taking a comp back before its end."""

from paywall.admin.acting.frame import Act, Given, reason_in
from paywall.admin.acting.knowing import Known
from paywall.admin.acting.question import Blank, Kind, Question, why
from paywall.admin.ground.door import current_staff
from paywall.admin.ground.pages import act
from paywall.entitlements.comps import end_comp
from paywall.staff.rules import Role
from paywall.web.forms import Form


def _ask(known: Known, given: Given) -> Question:
    pairs = [(one.source_id, f"until {known.day(one.valid_until)}") for one in known.open_comps]
    which = Blank("comp", "Which", Kind.CHOICE, given.get("comp", pairs[0][0]), pairs=pairs)
    sentences = ["The comp ends at once, on every device.", _what_stays(known)]
    return Question("End the comp", sentences, [which, why(given.get("reason", ""))], is_dangerous=True)


def _do(known: Known, form: Form) -> str:
    reason, staff, comp = reason_in(form), current_staff(), form.text("comp")
    with act(form) as session:
        end_comp(session, staff.publisher_id, known.reader.id, comp, reason=reason, actor=staff.actor)
    return "The comp has ended."


def _what_stays(known: Known) -> str:
    if len(known.open_rights) > 1:
        return f"{known.address} reads on by what else there is."
    return f"Nothing else lets {known.address} in: the wall is back."


def _why_not(known: Known) -> str:
    return "" if known.open_comps else "No comp lets this reader in just now."


ACT = Act("end-comp", "End a comp", Role.SUPPORT, _ask, _do, _why_not, is_watched=True)
