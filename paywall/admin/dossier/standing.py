"""What lets a reader in and until when, in one sentence; or why nothing does. Read aloud on the phone."""

from collections.abc import Callable
from dataclasses import dataclass

from paywall.admin.dossier.facts import Facts, owed
from paywall.admin.dossier.shut import why_shut
from paywall.admin.ground.days import Days
from paywall.admin.subscribers.showing.words import Tone
from paywall.billing.subscriptions.pricing import next_payment
from paywall.billing.subscriptions.status import is_second
from paywall.entitlements.rules import Entitlement, Source, Standing, best

LOCALE = "en"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the reader may read, in a word with a dot; the sentence; what to look at beside it, if anything."""

    words: str
    tone: Tone
    sentence: str
    remarks: tuple[str, ...] = ()


def verdict_on(facts: Facts, days: Days) -> Verdict:
    """Return how a reader stands."""
    held = best([row.value for row in facts.rights], facts.now)
    if not facts.reader.active:
        return Verdict("Erased", Tone.QUIET, "This account was erased: nobody signs in or reads by it any more.")
    if facts.reader.is_staff:
        return Verdict("May read", Tone.GOOD, "Reads everything as a member of staff, whatever was paid.")
    if held is None:
        return Verdict("May not read", Tone.BAD, why_shut(facts, days), _remarks(facts))
    tone = Tone.WATCH if held.standing is Standing.IN_GRACE else Tone.GOOD
    return Verdict("May read", tone, _OPEN[held.standing](facts, held, days), _remarks(facts))


def _subscribed(facts: Facts, held: Entitlement, days: Days) -> str:
    row, until = facts.subscription, days.day(held.valid_until)
    if row is None or held.paid_through_at is None:
        return f"A subscription lets this reader in until {until}."
    renewal = next_payment(row).format(LOCALE)
    paid = days.day(held.paid_through_at)
    return f"A subscription lets this reader in until {until}: it is paid until {paid}, then {renewal} is charged."


def _trialing(facts: Facts, held: Entitlement, days: Days) -> str:
    row = facts.subscription
    ends = days.day(row.trial_end_at if row and row.trial_end_at else held.valid_until)
    then = f", then {next_payment(row).format(LOCALE)} is charged" if row and row.cancels_at is None else ""
    return f"A trial lets this reader in until {days.day(held.valid_until)}: it runs until {ends}{then}."


def _in_grace(facts: Facts, held: Entitlement, days: Days) -> str:
    waiting = facts.open_invoice
    amount = f" of {owed(waiting)}" if waiting else ""
    until = days.day(held.valid_until)
    return f"The last payment{amount} failed; the grace period lets this reader in until {until}."


def _paid_through(facts: Facts, held: Entitlement, days: Days) -> str:
    until, row = days.day(held.valid_until), facts.subscription
    if held.source is Source.IMPORT:
        return f"An import lets this reader in until {until}: it was paid for elsewhere, and does not renew here."
    if row is not None and row.collection_is_paused and row.cancels_at is None:
        return f"What was paid for lets this reader in until {until}; the subscription is paused."
    return f"What was paid for lets this reader in until {until}; the subscription is cancelled and will not renew."


def _comp(facts: Facts, held: Entitlement, days: Days) -> str:
    row = next((one for one in facts.rights if one.source_id == held.source_id), None)
    why = f" The reason given: {row.reason}" if row and row.reason else ""
    return f"A comp lets this reader in free of charge until {days.day(held.valid_until)}.{why}"


_OPEN: dict[Standing, Callable[[Facts, Entitlement, Days], str]] = {
    Standing.SUBSCRIBED: _subscribed,
    Standing.TRIALING: _trialing,
    Standing.IN_GRACE: _in_grace,
    Standing.PAID_THROUGH: _paid_through,
    Standing.COMP: _comp,
}


def _remarks(facts: Facts) -> tuple[str, ...]:
    second = any(is_second(one.status, is_current=one.is_current) for one in facts.subscriptions)
    found = (
        (second, "Two subscriptions are being paid for: one of them should be cancelled and refunded."),
        (facts.reader.confirmed_at is None, "The address was never confirmed: mails may not arrive."),
        (not facts.devices, "Not signed in anywhere: a browser that is not signed in shows the wall to everybody."),
    )
    return tuple(sentence for is_so, sentence in found if is_so)
