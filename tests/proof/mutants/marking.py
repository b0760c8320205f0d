"""A and B: the event is marked in a transaction other than the one that does its work."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

from sqlalchemy.orm import Session

from paywall.billing.parts import Billing
from paywall.billing.syncing import lease, sync
from paywall.billing.syncing.attempt import Attempt, Synced
from paywall.billing.syncing.fetching import Picture
from paywall.billing.syncing.ownership import Owner, owner_of
from paywall.billing.webhooks import inbox
from tests.proof.mutants.mutant import Mutant, Swap

_claim, _write = sync._claim, Attempt.write


def claim_and_mark(billing: Billing, stripe_id: str, *, by_force: bool) -> Attempt:
    """Note the events and mark them at once: whoever dies after this has lost them."""
    attempt = _claim(billing, stripe_id, by_force=by_force)
    with billing.database.writing() as session:
        inbox.mark_handled(session, attempt.events)
    return attempt


def check(billing: Billing, stripe_id: str, *, by_force: bool) -> Attempt:
    """Note which events were not seen yet; nobody is kept from the same work meanwhile."""
    del by_force
    attempt = _claim(billing, stripe_id, by_force=True)
    with billing.database.writing() as session:
        lease.free(session, attempt.held)
    return attempt


def write_unmarked(attempt: Attempt, session: Session, picture: Picture) -> Synced:
    """Write as the product does, and leave the events of what is ours open."""
    is_ours = isinstance(owner_of(session, picture.subscription), Owner)
    return _write(replace(attempt, events=()) if is_ours else attempt, session, picture)


def work_then_mark(attempt: Attempt, write: Callable[[Session], Synced]) -> Synced:
    """Do the work, then mark the events that were checked before it."""
    with attempt.billing.database.writing() as session:
        synced = write(session)
    if synced.owner is not None:
        with attempt.billing.database.writing() as session:
            inbox.mark_handled(session, attempt.events)
    return synced


def hold_nothing(_attempt: Attempt) -> AbstractContextManager[None]:
    """Talk to Stripe without keeping anything alive."""
    return nullcontext()


A = Mutant("A", "mark the event seen, commit, then work", (Swap(sync, "_claim", claim_and_mark),))
B = Mutant(
    "B",
    "check whether it was seen, work, mark it seen",
    (
        Swap(sync, "_claim", check),
        Swap(Attempt, "write", write_unmarked),
        Swap(Attempt, "finish", work_then_mark),
        Swap(Attempt, "holding", hold_nothing),
    ),
)
