"""The alarm for payments that stay away: none for so many hours, at a newspaper where many are usual."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from structlog import get_logger

from paywall.billing.ledger.tables import Payment
from paywall.billing.reconciling.rules import USUAL, payments_are_silent
from paywall.notices import clear_notices, raise_notice
from paywall.publishers.tables import Publisher

log = get_logger()
NO_PAYMENTS = "no_payments"


def watch_payments(session: Session, now: datetime, hours: int) -> None:
    """Raise or clear the alarm of every publisher; `now` is business time."""
    for publisher_id in session.scalars(select(Publisher.id)).all():
        _watch(session, publisher_id, now, hours)


def last_payment_at(session: Session, publisher_id: int, now: datetime) -> datetime | None:
    """Return when the last payment of the past 56 days came, business time."""
    theirs = (Payment.publisher_id == publisher_id, Payment.at > now - 2 * USUAL, Payment.at <= now)
    return session.scalar(select(Payment.at).where(*theirs).order_by(Payment.at.desc()).limit(1))


def _watch(session: Session, publisher_id: int, now: datetime, hours: int) -> None:
    last_at = last_payment_at(session, publisher_id, now)
    if not payments_are_silent(last_at, _usual(session, publisher_id, last_at, now, hours), hours, now):
        if clear_notices(session, NO_PAYMENTS, publisher_id):
            log.info("payments come again", publisher=publisher_id)
        return
    since = last_at.isoformat() if last_at else ""
    cause = f"{publisher_id}:{since}"
    if raise_notice(session, NO_PAYMENTS, cause, publisher_id=publisher_id, since=since, hours=hours):
        log.error("no payment has come for hours", alarm=True, publisher=publisher_id, since=since, hours=hours)


def _usual(session: Session, publisher_id: int, last_at: datetime | None, now: datetime, hours: int) -> int:
    """Return how many payments came in the 28 days before the last; counts only where there may be an alarm."""
    if last_at is None or now - last_at < timedelta(hours=hours):
        return 0
    before = (Payment.publisher_id == publisher_id, Payment.at > last_at - USUAL, Payment.at <= last_at)
    return session.scalar(select(func.count()).where(*before)) or 0
