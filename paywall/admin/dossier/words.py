"""The words of the dossier for closed lists of other rooms."""

from paywall.admin.subscribers.showing.words import State, Tone
from paywall.billing.subscriptions.status import DISPUTED, LOST, Status
from paywall.billing.subscriptions.tables import Invoice
from paywall.entitlements.rules import Source, Turn
from paywall.gate.decision import Reason
from paywall.outbox import OutboxMail

TURNS: dict[str, tuple[str, Tone]] = {
    Turn.GRANTED: ("Access began", Tone.GOOD),
    Turn.CHANGED: ("Access changed", Tone.GOOD),
    Turn.SUSPENDED: ("Access suspended", Tone.BAD),
    Turn.RESTORED: ("Access restored", Tone.GOOD),
    Turn.ENDED: ("Access ended", Tone.BAD),
}
SOURCES: dict[str, str] = {Source.SUBSCRIPTION: "the subscription", Source.COMP: "a comp", Source.IMPORT: "an import"}
DOOR: dict[str, str] = {
    Reason.METERED: "not opened yet, a view would have opened it",
    Reason.METER_USED_UP: "the free articles of the window were used up",
    Reason.REGISTRATION_REQUIRED: "it needs an account",
    Reason.SUBSCRIPTION_REQUIRED: "it needs a subscription",
    Reason.SUSPENDED: "access was suspended",
    Reason.METER_UNAVAILABLE: "the meter could not be asked",
    Reason.DATABASE_UNAVAILABLE: "the database could not be asked",
}
STATUSES: dict[str, State] = {
    Status.ACTIVE: State("active", Tone.GOOD),
    Status.TRIALING: State("on trial", Tone.GOOD),
    Status.PAST_DUE: State("payment failed", Tone.BAD),
    Status.UNPAID: State("unpaid", Tone.BAD),
    Status.INCOMPLETE: State("first payment not made", Tone.WATCH),
    Status.INCOMPLETE_EXPIRED: State("never paid", Tone.QUIET),
    Status.PAUSED: State("trial ended without a card", Tone.QUIET),
    Status.CANCELED: State("ended", Tone.QUIET),
}


def bill_state(bill: Invoice) -> State:
    """Return how an invoice stands."""
    if bill.dispute in DISPUTED:
        return State("disputed", Tone.BAD)
    if bill.dispute == LOST:
        return State("taken back by the bank", Tone.BAD)
    if bill.refunded_minor:
        whole = bill.refunded_minor >= bill.paid_minor
        return State("given back", Tone.QUIET) if whole else State("given back in part", Tone.WATCH)
    if bill.status == "open":
        return _waiting(bill)
    words = {"paid": State("paid", Tone.GOOD), "uncollectible": State("given up", Tone.BAD)}
    return words.get(bill.status, State(bill.status, Tone.QUIET))


def mail_state(mail: OutboxMail) -> State:
    """Return what became of a mail."""
    if mail.sent_at:
        return State("sent", Tone.GOOD)
    if mail.given_up_at:
        return State("could not be sent", Tone.BAD)
    if mail.withdrawn_at:
        return State("kept back", Tone.QUIET)
    return State("is tried again" if mail.attempts else "waits", Tone.WATCH)


def _waiting(bill: Invoice) -> State:
    if bill.is_processing:
        return State("payment on its way", Tone.WATCH)
    if bill.needs_action:
        return State("bank wants it confirmed", Tone.BAD)
    return State("payment failed", Tone.BAD) if bill.was_attempted else State("not paid yet", Tone.WATCH)
