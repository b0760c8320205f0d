"""While the demo's clock is turned: the newspaper does its work at every step, as it would have on that day."""

from paywall import clock
from paywall.billing.changing.cancelling import carry_out_cancellations
from paywall.billing.dunning.reminders import send_due
from paywall.billing.webhooks.drain import drain_once
from paywall.work import Work


def catch_up(work: Work) -> None:
    """Apply the billing events that have come in, then send what is due by the time that is reached."""
    if work.billing is None:
        return
    while drain_once(work.billing):
        pass
    now = clock.now()
    carry_out_cancellations(work.billing, now)
    send_due(work.billing, now)
