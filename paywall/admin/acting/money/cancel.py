"""Ending a subscription: with what is paid for, or now."""

from paywall.admin.acting.frame import Act, Given, note, reason_in
from paywall.admin.acting.knowing import Known
from paywall.admin.acting.money.effect import effect_on_access
from paywall.admin.acting.question import Question, why
from paywall.admin.ground.pages import act
from paywall.billing.changing.asking import held_to_end
from paywall.billing.changing.cancelling import Cancelled, cancellation_asked_at, carry_out, keep_wish
from paywall.billing.changing.reasons import Farewell, Via
from paywall.billing.changing.rules import ends_at_once
from paywall.billing.ledger.foreseeing import access_after_end
from paywall.billing.parts import billing
from paywall.billing.subscriptions.tables import Subscription
from paywall.staff.rules import Role
from paywall.web import current
from paywall.web.forms import Form

WAITS = (
    "Noted. Stripe can't be reached just now: it is cancelled as soon as it can, what is charged till then goes back."
)
WITHOUT = "There is no subscription that could be cancelled."


def _ask_later(known: Known, given: Given) -> Question:
    row = _row(known)
    if ends_at_once(held_to_end(current.session(), row), known.now):
        sentence = "Nothing is paid for, so the subscription ends at once."
    else:
        sentence = (
            "The subscription ends with what is paid for, and nothing more is charged. It can be resumed until then."
        )
    return Question("Cancel", [sentence, "A mail tells the reader."], [why(given.get("reason", ""))])


def _ask_now(known: Known, given: Given) -> Question:
    row = _row(known)
    after = effect_on_access(known, row.stripe_id, access_after_end(current.session(), row, known.now))
    sentences = [
        "The subscription ends at Stripe at once and can't be resumed. Nothing more is charged, nothing is given back.",
        f"{after} To lock the reader out, give the last payment back as well.",
    ]
    return Question("Cancel now", sentences, [why(given.get("reason", ""))], is_dangerous=True)


def _do_later(known: Known, form: Form) -> str:
    return _cancel(known, form, at_once=False)


def _do_now(known: Known, form: Form) -> str:
    return _cancel(known, form, at_once=True)


def _cancel(known: Known, form: Form, *, at_once: bool) -> str:
    row, reason, parts = _row(known), reason_in(form), billing()
    with act(form) as session:
        keep_wish(session, row, Farewell(), Via.STAFF, at_once=at_once)
        before = row.cancels_at.isoformat() if row.cancels_at else "goes on"
        after = "ends at once" if at_once else "ends with what is paid for"
        about = {"subscription": row.stripe_id, "reason": reason}
        note(session, known, "cancellation_asked", before=before, after=after, **about)
    if carry_out(parts, row.stripe_id) is Cancelled.NOTED:
        return WAITS
    return "The subscription has ended." if at_once else "The subscription is cancelled."


def _row(known: Known) -> Subscription:
    assert known.running is not None  # noqa: S101 - it is not offered otherwise
    return known.running


def _why_not_later(known: Known) -> str:
    row = known.running
    if row is None:
        return WITHOUT
    if row.cancels_at is not None:
        return f"It is cancelled already, and ends on {known.day(row.cancels_at)}."
    if cancellation_asked_at(current.session(), row.stripe_id) is not None:
        return "Cancelling is noted already; it waits for Stripe."
    return ""


def _why_not_now(known: Known) -> str:
    return "" if known.running else WITHOUT


AT_THE_END = Act(
    "cancel", "Cancel at the end of the period", Role.SUPPORT, _ask_later, _do_later, _why_not_later, is_watched=True
)
NOW = Act("cancel-now", "Cancel now", Role.SUPPORT, _ask_now, _do_now, _why_not_now, is_watched=True)
