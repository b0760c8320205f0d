"""Subscriptions that must not be: a second one, a nobody's, a trial too many. Each is ended at Stripe, then stored.

All of it may be repeated after a failure half-way, so that a worker killed here leaves less to do for the next.
"""

from collections.abc import Callable
from contextlib import suppress

from sqlalchemy.orm import Session
from structlog import get_logger

from paywall import audit
from paywall.billing.stripe_errors import StripeNotFound
from paywall.billing.subscriptions.status import is_live
from paywall.billing.subscriptions.tables import subscription_by_stripe_id
from paywall.billing.syncing import lease
from paywall.billing.syncing.attempt import Attempt, Synced
from paywall.billing.syncing.fetching import Picture
from paywall.billing.syncing.second_subscription import give_back
from paywall.billing.syncing.trials import note_refused_trial

log = get_logger()
LookAt = Callable[[str], Synced]


def settle_second(attempt: Attempt, picture: Picture, first: str, look_at: LookAt) -> Synced:
    """Pay back and cancel what a reader bought twice, unless the first turns out to have ended meanwhile."""
    if not _is_reported(attempt) and is_live(look_at(first).status):
        _report(attempt, first)
    if _is_reported(attempt):
        with attempt.holding():
            give_back(attempt.billing.gateway, picture)
        picture = attempt.fetch(with_money_back=True) or picture
    return attempt.store(picture)


def settle_nobodys(attempt: Attempt, picture: Picture) -> Synced:
    """End a subscription whose reader was erased before we heard of it: nobody is left to read by it."""
    log.warning("the reader of a subscription is erased: ended", subscription=attempt.stripe_id)
    return attempt.store(_end(attempt, picture))


def settle_refused_trial(attempt: Attempt, picture: Picture) -> Synced:
    """End a trial whose card has had one: nothing was charged, and nothing will be."""

    def write(session: Session) -> Synced:
        note_refused_trial(session, picture.subscription, attempt.billing.links)
        return attempt.write(session, ended)

    ended = _end(attempt, picture)
    return attempt.finish(write)


def _end(attempt: Attempt, picture: Picture) -> Picture:
    """End a subscription at once, and return what is then true of it."""
    with attempt.holding(), suppress(StripeNotFound):
        attempt.billing.gateway.cancel_subscription(attempt.stripe_id)
    return attempt.fetch() or picture


def _is_reported(attempt: Attempt) -> bool:
    with attempt.billing.database.reading() as session:
        return audit.was_written(session, "second_given_back", f"subscription:{attempt.stripe_id}")


def _report(attempt: Attempt, first: str) -> None:
    """Tell the admins what is about to be done."""
    with attempt.billing.database.writing() as session:
        lease.require(session, attempt.held)
        row = subscription_by_stripe_id(session, first)
        if row is not None:
            subject = f"subscription:{attempt.stripe_id}"
            audit.write(session, row.publisher_id, "stripe", "second_given_back", subject, first=first)
            log.error(
                "a reader has a second live subscription", alarm=True, subscription=attempt.stripe_id, first=first
            )
