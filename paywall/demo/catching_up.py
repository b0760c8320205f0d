"""While the demo's clock is turned: the newspaper does its work at every step, as it would have on that day."""

import time

from paywall import clock
from paywall.billing.changing.cancelling import carry_out_cancellations
from paywall.billing.dunning.reminders import send_due
from paywall.billing.parts import Billing
from paywall.billing.webhooks import inbox
from paywall.billing.webhooks.drain import drain_once
from paywall.work import Work

_PATIENCE_SECONDS = 10
_LOOK_SECONDS = 0.02


def catch_up(work: Work) -> None:
    """Apply the billing events that have come in, then send what is due by the time that is reached."""
    if work.billing is None:
        return
    _apply_events(work.billing)
    now = clock.now()
    carry_out_cancellations(work.billing, now)
    send_due(work.billing, now)


def _apply_events(billing: Billing) -> None:
    """Work off what is due, and let the drain of the serving process end what it is at: it may have been first."""
    ends_at = time.monotonic() + _PATIENCE_SECONDS
    while drain_once(billing) or (_is_another_at_work(billing) and time.monotonic() < ends_at):
        time.sleep(_LOOK_SECONDS)


def _is_another_at_work(billing: Billing) -> bool:
    with billing.database.reading() as session:
        return inbox.is_worked_at(session, clock.wall())
