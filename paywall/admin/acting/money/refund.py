"""Giving money back: which payment and how much is asked first; then what that does to reading, by the rule itself."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from paywall.admin.acting.frame import Act, Given, carried_out, note, reason_in
from paywall.admin.acting.knowing import Known
from paywall.admin.acting.money.effect import effect_on_access
from paywall.admin.acting.money.unanswered import await_answer
from paywall.admin.acting.question import Blank, Kind, Question, why
from paywall.admin.ground.pages import act
from paywall.billing.catalogue.money import Money
from paywall.billing.ledger.foreseeing import access_after_refund
from paywall.billing.ledger.refunding import Plan, give_back, note_refund, plan
from paywall.billing.parts import billing
from paywall.billing.subscriptions.tables import Invoice
from paywall.errors import BadInput
from paywall.staff.rules import Role
from paywall.web import current
from paywall.web.forms import Form

_CHANGED = "Something has changed since you looked. This is how it stands now: look again, then confirm."


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A refund before it is made: what Stripe will be asked, and what the reader reads afterwards."""

    invoice: Invoice
    plan: Plan
    keeps_until: datetime | None
    effect: str

    @property
    def seal(self) -> str:
        """What tells this from one that would do something else."""
        return f"{self.plan.already_minor}/{self.plan.amount_minor}/{self.effect}"


def _ask(known: Known, given: Given) -> Question:
    if not given.get("invoice"):
        return _ask_which(known, given)
    seen = _foresee(known, given)
    sentences = [f"{seen.plan.sentence}.", seen.effect, *_goes_on(known, seen)]
    kept = [Blank(name, kind=Kind.KEPT, value=given.get(name, "")) for name in ("invoice", "amount", "keeps_until")]
    blanks = [*kept, Blank("seal", kind=Kind.KEPT, value=seen.seal), why(given.get("reason", ""))]
    return Question("Give the money back", sentences, blanks, is_dangerous=True)


def _ask_which(known: Known, given: Given) -> Question:
    pairs = [(one.stripe_id, _words(known, one)) for one in _refundable(known)]
    blanks = [
        Blank("invoice", "Payment", Kind.CHOICE, pairs[0][0], pairs=pairs),
        Blank("amount", "How much", value=given.get("amount", ""), help="Empty: all that is left.", is_needed=False),
        Blank(
            "keeps_until",
            "Let the reader read through",
            Kind.DAY,
            given.get("keeps_until", ""),
            "Only with a full refund. Empty: it ends at once.",
            is_needed=False,
        ),
    ]
    return Question("Show what it does", ["Nothing is given back yet."], blanks, leads_on=True)


def _do(known: Known, form: Form) -> str:
    given = {name: form.text(name) for name in ("invoice", "amount", "keeps_until")}
    seen, reason, parts = _foresee(known, given), reason_in(form), billing()
    if form.text("seal") != seen.seal:
        raise BadInput("seal", _CHANGED)
    invoice, wanted = seen.invoice, seen.plan
    current.session().commit()
    with act(form) as session:
        sealed = note_refund(session, invoice.stripe_id, amount_minor=wanted.amount_minor, keeps_until=seen.keeps_until)
        if sealed != wanted:
            raise BadInput("seal", _CHANGED)
        before = {"refunded_minor": wanted.already_minor}
        after = {"refunded_minor": wanted.already_minor + wanted.amount_minor}
        about = {"invoice": invoice.stripe_id, "currency": invoice.currency, "reason": reason}
        note(session, known, "refund_asked", before=before, after=after, **about)
        await_answer(session, known.publisher.id, known.reader.id, "refund")
    with carried_out(known, "refund"):
        give_back(parts, invoice.stripe_id, wanted)
    return f"{Money(wanted.amount_minor, invoice.currency).format('en')} given back. {seen.effect}"


def _foresee(known: Known, given: Given) -> Foreseen:
    invoice = next((one for one in _refundable(known) if one.stripe_id == given.get("invoice")), None)
    if invoice is None:
        raise BadInput("invoice", "Choose one of the payments.")
    until = _end_of(given.get("keeps_until", ""), known)
    wanted = plan(billing(), invoice.stripe_id, given.get("amount", "").strip() or None, until)
    after = access_after_refund(current.session(), invoice, wanted.amount_minor, until)
    return Foreseen(invoice, wanted, until, effect_on_access(known, invoice.subscription_id, after))


def _end_of(text: str, known: Known) -> datetime | None:
    """Return the end of a day in the newspaper's time zone; raises BadInput for what is no day to come."""
    if not text:
        return None
    try:
        end = datetime.combine(date.fromisoformat(text) + timedelta(days=1), time(), ZoneInfo(known.publisher.timezone))
    except (ValueError, OverflowError) as error:
        raise BadInput("keeps_until", "Write a day such as 2026-12-24.") from error
    if end <= known.now:
        raise BadInput("keeps_until", "Give a day to come, or none.")
    return end


def _goes_on(known: Known, seen: Foreseen) -> list[str]:
    row = known.running
    if row is None or row.stripe_id != seen.invoice.subscription_id or row.cancels_at is not None:
        return []
    return ["The subscription itself goes on and will be charged again. Cancel it too, if it is to end."]


def _refundable(known: Known) -> list[Invoice]:
    paid = [one for one in known.invoices if one.paid_minor and one.payment_id]
    return [one for one in paid if one.refunded_minor < one.paid_minor]


def _words(known: Known, invoice: Invoice) -> str:
    left = Money(invoice.paid_minor - invoice.refunded_minor, invoice.currency).format("en")
    return f"{known.day(invoice.paid_at or invoice.created_at)}: {left} of {invoice.number or invoice.stripe_id}"


def _why_not(known: Known) -> str:
    return "" if _refundable(known) else "No payment of this reader's could be given back."


ACT = Act("refund", "Give money back", Role.ADMIN, _ask, _do, _why_not, is_fresh=True)
