"""Why nothing lets a reader in: one sentence for each way in which that can be so."""

from collections.abc import Callable

from paywall.admin.dossier.facts import Facts, owed
from paywall.admin.ground.days import Days
from paywall.billing.subscriptions.status import LOST, Status, is_known, is_refunded
from paywall.billing.subscriptions.tables import Subscription
from paywall.entitlements.rules import Source

_NOTHING = "Nothing lets this reader in: "
Said = Callable[[Facts, Subscription, Days], str]


def why_shut(facts: Facts, days: Days) -> str:
    """Return why a reader whom nothing lets in is not let in."""
    return f"{_NOTHING}{_why(facts, days)}."


def _why(facts: Facts, days: Days) -> str:
    row = facts.subscription
    if any(one.suspended and facts.now < one.valid_until for one in facts.rights):
        return "access is suspended while a payment is disputed at the bank"
    if row is None:
        return _without(facts, days)
    if not is_known(row.status):
        return f"Stripe calls the subscription “{row.status}”, a word that we do not know"
    return _money_gone(facts) or _BY_STATUS[Status(row.status)](facts, row, days)


def _without(facts: Facts, days: Days) -> str:
    latest = max(facts.rights, key=lambda one: one.valid_until, default=None)
    if latest is not None:
        what = "what was paid for elsewhere" if latest.source == Source.IMPORT else "free access"
        return f"{what} ended on {days.day(latest.valid_until)}, and there is no subscription"
    return "no subscription was ever bought with this account, and no comp was given"


def _money_gone(facts: Facts) -> str:
    if any(one.dispute == LOST for one in facts.bills):
        return "the bank took a payment back, and access ended with it"
    if is_refunded([one.bill for one in facts.bills]):
        return "the last payment was given back, and access ended with it"
    return ""


def _amount(facts: Facts) -> str:
    waiting = facts.open_invoice
    return f" of {owed(waiting)}" if waiting else ""


def _first_payment(facts: Facts, _row: Subscription, _days: Days) -> str:
    waiting, amount = facts.open_invoice, _amount(facts)
    if waiting is not None and waiting.is_processing:
        return f"the first payment{amount} is on its way, which takes a bank some days"
    if waiting is not None and waiting.needs_action:
        return f"the bank wants the first payment{amount} confirmed by its customer"
    return f"the first payment{amount} of the subscription was never finished"


def _never_paid(_facts: Facts, row: Subscription, days: Days) -> str:
    return f"the first payment of the subscription of {days.day(row.created_at)} was not made within a day"


def _owing(facts: Facts, _row: Subscription, days: Days) -> str:
    ended = max((one.valid_until for one in facts.rights), default=None)
    grace = f", and access ended on {days.day(ended)}" if ended else ""
    return f"the last payment{_amount(facts)} failed{grace}"


def _without_card(_facts: Facts, row: Subscription, days: Days) -> str:
    ended = f" on {days.day(row.trial_end_at)}" if row.trial_end_at else ""
    return f"the trial ended{ended}, and there is no card to go on with"


def _ended(_facts: Facts, row: Subscription, days: Days) -> str:
    at = row.ended_at or row.paid_through_at
    because = " because payments failed" if row.ended_because == "payment_failed" else ""
    return f"the subscription ended{f' on {days.day(at)}' if at else ''}{because}"


def _late(_facts: Facts, row: Subscription, days: Days) -> str:
    paid = f"what was paid for ended on {days.day(row.paid_through_at)}" if row.paid_through_at else "nothing was paid"
    if row.collection_is_paused:
        return f"the subscription is paused, and {paid}"
    return f"Stripe calls the subscription {row.status}, but {paid} and no payment was heard of since"


_BY_STATUS: dict[Status, Said] = {
    Status.ACTIVE: _late,
    Status.TRIALING: _late,
    Status.PAST_DUE: _owing,
    Status.UNPAID: _owing,
    Status.INCOMPLETE: _first_payment,
    Status.INCOMPLETE_EXPIRED: _never_paid,
    Status.PAUSED: _without_card,
    Status.CANCELED: _ended,
}
