"""Working off the inbox: open events grouped by what they are about, each group by one fresh look at Stripe.

`drain_once` is one round; `DrainThread` runs rounds inside a serving process and is woken by the webhook, so that an
event is applied within milliseconds. Any number of drains may run, in any number of processes: leases keep them apart.
"""

from collections.abc import Callable, Sequence
from threading import Event, Thread

from structlog import get_logger

from paywall import clock
from paywall.background import Over
from paywall.billing.checkout.tables import known_customers
from paywall.billing.parts import Billing
from paywall.billing.stripe_errors import StripeUnavailable
from paywall.billing.syncing.sync import BeingSynced, sync_subscription
from paywall.billing.webhooks import inbox
from paywall.billing.webhooks.addressing import subscriptions_behind
from paywall.billing.webhooks.inbox import Noted
from paywall.billing.webhooks.incoming import Note

log = get_logger()
ROUND_SECONDS = 1.0


def drain_once(billing: Billing) -> int:
    """Work off what is due; returns how many groups of events were closed. Failures are noted, none is raised.

    Only a database that can't be reached raises (SQLAlchemy's errors).
    """
    closed = 0
    for subject in _due(billing):
        try:
            _drain(billing, subject)
            closed += 1
        except BeingSynced:
            continue
        except StripeUnavailable:
            log.warning("stripe can't be reached, events wait")
            break
        except Exception:  # one bad group must not keep the others waiting
            log.exception("events could not be worked off", subject=subject)
    return closed


class DrainThread:
    """A drain inside a serving process: a round each second, and at once when an event has come in."""

    def __init__(self, billing: Billing) -> None:
        self._billing = billing
        self._drain: Callable[[], object] = lambda: drain_once(billing)
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="billing drain", daemon=True)

    def have_watched(self, over: Over) -> None:
        """Have the end of each round noted, good or bad; to be said before the start."""
        self._drain = over("billing events", self._drain)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def stop(self, seconds: float = 10) -> None:
        """End after the group being worked on, waiting at most so long: what is left is taken up by the next drain."""
        self._stopped.set()
        self._billing.wake.set()
        self._thread.join(seconds)

    def _run(self) -> None:
        run_rounds(self._billing, self._stopped, self._drain)


def run_rounds(billing: Billing, stopped: Event, drain: Callable[[], object]) -> None:
    """Drain each second and whenever woken, until stopped; what a round raises is logged, never the end."""
    while not stopped.is_set():
        billing.wake.clear()  # before the work: an event that comes in meanwhile wakes the next round
        try:
            drain()
        except Exception:  # the database may be away for a while: the drain outlives that
            log.exception("round of the drain failed")
        billing.wake.wait(ROUND_SECONDS)


def _due(billing: Billing) -> list[str]:
    with billing.database.reading() as session:
        ours = known_customers(session, inbox.parked_customers(session))
        return inbox.due_subjects(session, clock.wall(), ours)


def _drain(billing: Billing, subject: str) -> None:
    if subject.startswith("sub_"):
        sync_subscription(billing, subject, by_force=False)
    else:
        _drain_unnamed(billing, subject)


def _drain_unnamed(billing: Billing, subject: str) -> None:
    """Close events about a payment or a customer by syncing what is behind, one subscription in the usual case.

    The events become those of the last one, and are closed as its own are; a worker killed before begins again.
    """
    with billing.database.reading() as session:
        events = inbox.note_open(session, subject)
    try:
        subscriptions = subscriptions_behind(billing, subject, events)
        for stripe_id in subscriptions[:-1]:
            sync_subscription(billing, stripe_id, by_force=False, with_money_back=True)
    except BeingSynced:
        raise
    except Exception as error:
        _put_off(billing, events, error)
        raise
    with billing.database.writing() as session:
        if not subscriptions:
            inbox.mark_ignored(session, events, Note.NO_SUBSCRIPTION)
            return
        inbox.readdress(session, events, subscriptions[-1])
    sync_subscription(billing, subscriptions[-1], by_force=False)


def _put_off(billing: Billing, events: Sequence[Noted], error: Exception) -> None:
    with billing.database.writing() as session:
        inbox.mark_failed(session, events, f"{type(error).__name__}: {error}")
