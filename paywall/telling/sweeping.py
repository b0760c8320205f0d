"""Forgetting what is old: events, deliveries and attempts are kept for thirty days, as long as they can be replayed."""

from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from paywall.entitlements.history import events
from paywall.telling.tables import Delivery, Endpoint

KEPT_FOR = timedelta(days=30)


def sweep(session: Session, now: datetime) -> None:
    """Delete what is older than thirty days, and secrets whose overlap is over; `now` is wall time."""
    session.execute(delete(Delivery).where(Delivery.began_at < now - KEPT_FOR))
    events.forget_before(session, now - KEPT_FOR)
    over = update(Endpoint).where(Endpoint.old_secret_until <= now)
    session.execute(over.values(old_secret=None, old_secret_until=None))
