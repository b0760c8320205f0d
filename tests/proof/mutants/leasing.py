"""E, F and G: the lease is taken too late, not looked at in the end, or not kept alive."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from paywall.billing.parts import Billing
from paywall.billing.syncing import lease, sync
from paywall.billing.syncing.attempt import Attempt, Synced
from paywall.billing.syncing.fetching import Picture
from paywall.billing.syncing.lease import Claim, LeaseLost
from paywall.billing.webhooks import inbox
from tests.proof.mutants.marking import hold_nothing
from tests.proof.mutants.mutant import Mutant, Swap

_claim, _sync = sync._claim, sync._sync
_NO_TOKEN = 0


@dataclass(frozen=True, slots=True)
class Unclaimed(Attempt):
    """Work that begins without a lease; the events only say what to ask for."""

    by_force: bool


@dataclass(frozen=True, slots=True)
class Answered(Attempt):
    """Work under a lease, with an answer that is older than the lease."""

    answers: list[Picture | None]

    def fetch(self, *, with_money_back: bool = False) -> Picture | None:
        """Return the answer that is there; only a second look is a fresh one."""
        return self.answers.pop() if self.answers else Attempt.fetch(self, with_money_back=with_money_back)


def begin_unclaimed(billing: Billing, stripe_id: str, *, by_force: bool) -> Unclaimed:
    """Look at the open events, and take no lease yet."""
    with billing.database.reading() as session:
        return Unclaimed(billing, Claim(stripe_id, _NO_TOKEN), inbox.note_open(session, stripe_id), by_force)


def fetch_then_claim(attempt: Unclaimed, *, with_money_back: bool) -> Synced:
    """Ask Stripe, then take the lease and note the events, then store what Stripe said before."""
    picture = Attempt.fetch(attempt, with_money_back=with_money_back)
    try:
        claimed = _claim(attempt.billing, attempt.stripe_id, by_force=attempt.by_force)
    except sync.BeingSynced as held:
        raise LeaseLost from held
    return _sync(Answered(claimed.billing, claimed.held, claimed.events, [picture]), with_money_back=with_money_back)


def finish_unfenced(attempt: Attempt, write: Callable[[Session], Synced]) -> Synced:
    """Write and let go, without a look at whose the lease is by now."""
    with attempt.billing.database.writing() as session:
        synced = write(session)
        lease.free(session, attempt.held)
        return synced


E = Mutant(
    "E",
    "fetch from Stripe, then take the lease and note the events",
    (Swap(sync, "_claim", begin_unclaimed), Swap(sync, "_sync", fetch_then_claim)),
)
F = Mutant("F", "no fence: finish without a look at the lease's token", (Swap(Attempt, "finish", finish_unfenced),))
G = Mutant("G", "no heartbeat: a fetch may outlast its lease", (Swap(Attempt, "holding", hold_nothing),))
