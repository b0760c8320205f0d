"""Taking a cancellation back for a reader."""

from paywall.admin.acting.frame import Act, Given, carried_out, note, reason_in
from paywall.admin.acting.knowing import Known
from paywall.admin.acting.money.unanswered import await_answer
from paywall.admin.acting.question import Question, why
from paywall.admin.ground.pages import act
from paywall.billing.changing.cancelling import cancellation_asked_at
from paywall.billing.changing.resuming import resume
from paywall.billing.parts import billing
from paywall.staff.rules import Role
from paywall.web import current
from paywall.web.forms import Form


def _ask(known: Known, given: Given) -> Question:
    row = known.running
    day = known.day(row.period_end_at) if row and row.period_end_at else "the next due day"
    sentence = f"The subscription goes on as before, and is charged again on {day}. Make sure that the reader wants it."
    return Question("Resume", [sentence], [why(given.get("reason", ""))])


def _do(known: Known, form: Form) -> str:
    row, reason, parts = known.running, reason_in(form), billing()
    assert row is not None  # noqa: S101 - it is not offered otherwise
    with act(form) as session:
        before = row.cancels_at.isoformat() if row.cancels_at else "cancellation noted"
        about = {"subscription": row.stripe_id, "reason": reason}
        note(session, known, "subscription_resumed", before=before, after="goes on", **about)
        await_answer(session, known.publisher.id, known.reader.id, "subscription_resumed")
    with carried_out(known, "subscription_resumed"):
        resume(parts, known.reader.id, is_noted=True)
    return "The subscription goes on."


def _why_not(known: Known) -> str:
    row = known.running
    if row is None:
        return "There is no cancelled subscription that still runs."
    is_cancelled = row.cancels_at is not None or cancellation_asked_at(current.session(), row.stripe_id) is not None
    return "" if is_cancelled else "The subscription is not cancelled."


ACT = Act("resume", "Resume", Role.SUPPORT, _ask, _do, _why_not, is_watched=True)
