"""Finding whoever a reminder is due for, minute by minute: each is looked at afresh at Stripe before it goes out.

The letters themselves know whether they are due, and are posted by the sync. Here only the moments are watched that
pass while nothing happens: days after a failed payment, before a trial's end, a renewal, a card's last day. How far
they have been watched is kept, so that a stop of any length leaves none out.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session
from structlog import get_logger

from paywall.billing.dunning.rules import DAYS
from paywall.billing.letters.case import read_case
from paywall.billing.letters.posting import unposted
from paywall.billing.letters.rules import CARD_NOTICE, NOTICES, card_ends_at
from paywall.billing.parts import Billing
from paywall.billing.reconciling.budget import paced
from paywall.billing.reconciling.tables import cursor, move_cursor
from paywall.billing.stripe_errors import StripeUnavailable
from paywall.billing.subscriptions.status import LIVE
from paywall.billing.subscriptions.tables import Invoice, Subscription
from paywall.billing.syncing.sync import BeingSynced, sync_subscription
from paywall.errors import PaywallError

log = get_logger()
_REMINDERS = "reminders"
_FIRST_LOOK_BACK = timedelta(days=max(DAYS) + 1)


def send_due(billing: Billing, now: datetime) -> int:
    """Have the reminders posted whose moment has come since the last time; returns about how many subscriptions.

    Where one could not be asked about it is tried again the next time.
    """
    with billing.database.reading() as session:
        since = cursor(session, _REMINDERS) or now - _FIRST_LOOK_BACK
        due = list(due_subscriptions(session, since, now))
    slow = paced(billing)
    done = [_remind(slow, stripe_id) for stripe_id in due]
    if all(done):
        with billing.database.writing() as session:
            move_cursor(session, _REMINDERS, now)
    return sum(done)


def due_subscriptions(session: Session, since: datetime, now: datetime) -> Iterator[str]:
    """Yield the Stripe ids of live subscriptions of which some moment has come and whose letter has not been posted."""
    for row in _candidates(session, since, now):
        if unposted(session, read_case(session, row, None)):
            yield row.stripe_id


def _remind(billing: Billing, stripe_id: str) -> bool:
    """Sync a subscription, which posts what is due; returns whether that is settled."""
    try:
        sync_subscription(billing, stripe_id, by_force=False)
    except (StripeUnavailable, BeingSynced):
        return False
    except PaywallError as error:  # what can't be asked about at all must not be asked every minute
        log.warning("reminder not sent", subscription=stripe_id, code=error.code)
    return True


def _candidates(session: Session, since: datetime, now: datetime) -> Sequence[Subscription]:
    moments = [_between(Subscription.period_end_at, since, now, before=notice) for notice in NOTICES]
    failed = select(Invoice.subscription_id).where(
        Invoice.status == "open",
        or_(*[_between(Invoice.opened_at, since, now, before=-timedelta(days=day)) for day in DAYS]),
    )
    which = or_(*moments, Subscription.stripe_id.in_(failed), *_cards(since, now))
    live = Subscription.status.in_([str(status) for status in LIVE])
    return session.scalars(select(Subscription).where(Subscription.is_current, live, which)).all()


def _between(
    column: InstrumentedAttribute[datetime | None], since: datetime, now: datetime, *, before: timedelta
) -> ColumnElement[bool]:
    """Return the condition that the moment so long `before` a time has come after `since` and by `now`."""
    return and_(column > since + before, column <= now + before)


def _cards(since: datetime, now: datetime) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions of the cards that are to be reminded of: those of one month, on one day of a month."""
    month = (since + CARD_NOTICE).replace(day=1) - timedelta(days=1)
    while (ends_at := card_ends_at(month.year, month.month)) <= now + CARD_NOTICE:
        if ends_at > since + CARD_NOTICE:
            yield and_(Subscription.card_exp_year == month.year, Subscription.card_exp_month == month.month)
        month = ends_at
