"""What is due every five minutes: fetch the events that never reached us, raise the alarm where they should have come.

While Stripe can't be reached or the inbox is behind, renewing subscriptions that run out are carried over.
"""

from collections.abc import Iterator
from datetime import datetime
from threading import Event
from typing import Any

from structlog import get_logger

from paywall import audit
from paywall.billing.parts import Billing
from paywall.billing.reconciling.alarm import watch_webhook
from paywall.billing.reconciling.comparing import BeingCompared, reconcile
from paywall.billing.reconciling.pages import in_pages
from paywall.billing.reconciling.rules import comparison_is_due, events_can_tell, sweep_from
from paywall.billing.reconciling.silence import watch_payments
from paywall.billing.reconciling.tables import cursor, last_comparison, move_cursor
from paywall.billing.subscriptions.status import OUTAGE_SLACK, RENEWAL_SLACK
from paywall.billing.subscriptions.tables import renewing_ids
from paywall.billing.webhooks import inbox
from paywall.billing.webhooks.incoming import concerns_us
from paywall.entitlements.extending import extend
from paywall.errors import PaywallError

log = get_logger()
EVENTS = "events"
_AT_ONCE = 100


def sweep(billing: Billing, now: datetime, wall: datetime) -> None:
    """Do what is due every five minutes; where the last good sweep lies too far back, compare everything at once.

    `now` is business time, `wall` the machine's.
    """
    with billing.database.reading() as session:
        swept_at = cursor(session, EVENTS)
    try:
        sweep_events(billing, now)
        is_reachable = True
    except PaywallError as error:
        log.warning("events could not be swept", code=error.code)
        is_reachable = False
    with billing.database.reading() as session:
        is_behind = inbox.is_behind(session, wall)
    if is_behind or not is_reachable:
        extend_expiring(billing, now)
    with billing.database.writing() as session:
        watch_webhook(session, now, wall)
        watch_payments(session, now, billing.silent_hours)
        inbox.sweep(session, wall)
    if is_reachable and not events_can_tell(swept_at, now):
        compare_quietly(billing)


def compare_quietly(billing: Billing, stop: Event | None = None) -> None:
    """Compare everything with Stripe, unless another process is at it; what Stripe can't answer is tried again."""
    try:
        reconcile(billing, stop=stop)
    except BeingCompared:
        return
    except PaywallError as error:
        log.warning("not compared with Stripe", code=error.code)


def compare_if_due(billing: Billing, now: datetime, stop: Event) -> None:
    """Compare everything with Stripe once a night, and go on with a comparison that was broken off."""
    with billing.database.reading() as session:
        last = last_comparison(session)
        is_due = comparison_is_due(last.started_at if last and last.finished_at else None, now)
    if is_due:
        compare_quietly(billing, stop)


def sweep_events(billing: Billing, now: datetime) -> int:
    """Put into the inbox what Stripe tells of since the last sweep and we have not heard; returns how many were new.

    Not only what Stripe holds for undelivered: another address may have taken an event in our name.
    """
    with billing.database.reading() as session:
        since = sweep_from(cursor(session, EVENTS), now)
    new = sum(_keep(billing, some) for some in in_pages(_events(billing, since), _AT_ONCE))
    with billing.database.writing() as session:
        move_cursor(session, EVENTS, now)
    if new:
        billing.wake.set()
    return new


def extend_expiring(billing: Billing, now: datetime) -> int:
    """Carry renewing subscriptions that are about to run out over to 72 h after what is paid; returns how many.

    To be called only while Stripe can't be reached or the inbox is behind: the next sync sets what is true again.
    """
    with billing.database.writing() as session:
        extended = extend(session, renewing_ids(), now, RENEWAL_SLACK, OUTAGE_SLACK)
        for one in extended:
            subject, until = f"subscription:{one.source_id}", one.valid_until.isoformat()
            audit.write(session, one.publisher_id, "sweep", "renewal_extended", subject, until=until)
        return len(extended)


def _events(billing: Billing, since: datetime) -> Iterator[dict[str, Any]]:
    listed = billing.gateway.list_events(created_since=int(since.timestamp()))
    return (event for event in listed if concerns_us(event["type"]))


def _keep(billing: Billing, events: list[dict[str, Any]]) -> int:
    with billing.database.writing() as session:
        return sum(inbox.receive(session, one, livemode=billing.gateway.is_live, was_swept=True) for one in events)
