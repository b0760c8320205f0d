"""Signing a reader out everywhere: for a lost phone, or an account that is lent around."""

from paywall.admin.acting.frame import Act, Given, note
from paywall.admin.acting.knowing import Known
from paywall.admin.acting.question import Question
from paywall.admin.ground.pages import act
from paywall.readers.devices import devices, sign_out_everywhere
from paywall.staff.rules import Role
from paywall.web import current
from paywall.web.forms import Form


def _ask(known: Known, _given: Given) -> Question:
    count = len(devices(current.session(), known.reader.id))
    where = {0: "is signed in nowhere", 1: "is signed in on one device"}.get(count, f"is signed in on {count} devices")
    ends = "Every sign-in ends within seconds; the password stays as it is, and signing in again works at once."
    return Question("Sign out everywhere", [f"{known.address} {where}.", ends])


def _do(known: Known, form: Form) -> str:
    with act(form) as session:
        ended = sign_out_everywhere(session, known.reader.id)
        note(session, known, "signed_out_everywhere", before=ended, after=0)
    return f"{known.address} is signed out everywhere ({ended})."


ACT = Act("sign-out", "Sign out everywhere", Role.SUPPORT, _ask, _do)
