"""The alarm for a webhook that is silent: Stripe has events that never came that way."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from structlog import get_logger

from paywall.billing.reconciling.rules import webhook_is_silent
from paywall.billing.subscriptions.tables import BillingEvent
from paywall.database import Database
from paywall.errors import Unavailable
from paywall.notices import clear_notices, is_open, raise_notice

log = get_logger()
SILENT = "webhook_silent"
_RECENT = timedelta(days=2)


class WebhookSilent(Unavailable):
    """Events at Stripe don't come by the webhook."""

    code = "webhook_silent"


def webhook_is_heard(database: Database) -> None:
    """Raise WebhookSilent while the alarm stands: the readiness page says that we are degraded."""
    with database.reading() as session:
        if is_open(session, SILENT):
            raise WebhookSilent


def watch_webhook(session: Session, now: datetime, wall: datetime) -> bool:
    """Raise or clear the alarm; returns whether the webhook is silent. `now` is business time, `wall` the machine's."""
    recent = BillingEvent.received_at > wall - _RECENT
    heard_at = session.scalar(select(func.max(BillingEvent.created_at)).where(recent, ~BillingEvent.was_swept))
    missed = select(func.min(BillingEvent.created_at)).where(recent, BillingEvent.was_swept)
    missed_at = session.scalar(missed if heard_at is None else missed.where(BillingEvent.created_at > heard_at))
    if not webhook_is_silent(heard_at, missed_at, now):
        if clear_notices(session, SILENT):
            log.info("events come by the webhook again")
        return False
    since = missed_at.isoformat() if missed_at else ""
    if raise_notice(session, SILENT, since, since=since):
        log.error("no event comes by the webhook although Stripe has some", alarm=True, since=since)
    return True
