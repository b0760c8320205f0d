"""What a subscription does by itself when its time has come."""

from collections.abc import Callable

from paywall.sandbox.billing.changes import pending
from paywall.sandbox.billing.cycle import renewing, timers, trials
from paywall.sandbox.billing.schedules import advancing
from paywall.sandbox.billing.subscriptions import ending
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work


def turn(work: Work, subscription: Json) -> None:
    """Do what comes next on a subscription, of everything but announcing an invoice; `work.now` is its second."""
    due = timers.next_turn(subscription, work.store.private(subscription["id"]))
    if due is not None:
        _TURNS[due[1]](work, subscription)


def _cancel(work: Work, subscription: Json) -> None:
    ending.end(work, subscription, reason="cancellation_requested")


_TURNS: dict[timers.Turn, Callable[[Work, Json], object]] = {
    "give_up": ending.give_up,
    "drop_update": pending.drop,
    "resume_collection": renewing.resume_collection,
    "next_phase": advancing.advance,
    "cancel": _cancel,
    "trial_will_end": trials.announce_end,
    "renew": renewing.renew,
}
