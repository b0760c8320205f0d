"""One way for the truth to come in: ask Stripe for the subscription afresh, store it, close the events it answers.

The drain, the return page, cancelling, resuming and reconciliation all come through here. The lease is claimed and the
waiting events are noted *before* Stripe is asked; what is written afterwards is written only under that same lease.
"""

from functools import partial

from sqlalchemy.exc import SQLAlchemyError
from structlog import get_logger

from paywall.billing.parts import Billing
from paywall.billing.syncing import disputes, lease
from paywall.billing.syncing.attempt import Attempt, ReaderErased, Synced
from paywall.billing.syncing.fetching import Picture
from paywall.billing.syncing.lease import LeaseLost
from paywall.billing.syncing.saving_cards import must_be_saved, save_new_card
from paywall.billing.syncing.storing import SecondLive
from paywall.billing.syncing.unwanted import settle_nobodys, settle_refused_trial, settle_second
from paywall.billing.trials.taking import TrialRefused
from paywall.billing.webhooks import inbox
from paywall.errors import Unavailable

log = get_logger()
_ATTEMPTS = 3


class BeingSynced(Unavailable):
    """This subscription is being looked at just now. Please try again in a moment."""

    code = "being_synced"
    retry_after = 2


def sync_subscription(
    billing: Billing, stripe_id: str, *, by_force: bool = True, with_money_back: bool = False
) -> Synced:
    """Ask Stripe for a subscription and store the answer with all that follows.

    `by_force` takes the work over from whoever is at it; without, raises BeingSynced. `with_money_back` also asks
    which of its payments went back, which is otherwise done where an event says so. Raises the situations of
    `stripe_errors`; the waiting events are then put off, never dropped.
    """
    for _ in range(_ATTEMPTS):
        attempt = _claim(billing, stripe_id, by_force=by_force)
        try:
            return _sync(attempt, with_money_back=with_money_back)
        except LeaseLost:
            if not by_force:
                raise BeingSynced from None
        except Exception as error:
            _put_off(attempt, error)
            raise
    raise BeingSynced


def _claim(billing: Billing, stripe_id: str, *, by_force: bool) -> Attempt:
    with billing.database.writing() as session:
        held = lease.claim(session, stripe_id, billing.lease_seconds, by_force=by_force)
        if held is None:
            raise BeingSynced
        return Attempt(billing, held, inbox.note_open(session, stripe_id))


def _sync(attempt: Attempt, *, with_money_back: bool) -> Synced:
    picture = attempt.fetch(with_money_back=with_money_back)
    if picture is None:
        return attempt.finish(attempt.write_gone)
    if disputes.needs_answer(picture) and attempt.is_ours(picture):
        picture = _answer_disputes(attempt, picture)
    if must_be_saved(picture) and attempt.is_ours(picture):
        with attempt.holding():
            save_new_card(attempt.billing.gateway, picture)
    try:
        return attempt.store(picture)
    except SecondLive as second:
        return settle_second(attempt, picture, second.stripe_id, partial(sync_subscription, attempt.billing))
    except ReaderErased:
        return settle_nobodys(attempt, picture)
    except TrialRefused:
        return settle_refused_trial(attempt, picture)


def _answer_disputes(attempt: Attempt, picture: Picture) -> Picture:
    with attempt.holding():
        disputes.answer(attempt.billing.gateway, picture)
    return attempt.fetch(with_money_back=True) or picture


def _put_off(attempt: Attempt, error: Exception) -> None:
    try:
        with attempt.billing.database.writing() as session:
            inbox.mark_failed(session, attempt.events, f"{type(error).__name__}: {error}")
            lease.free(session, attempt.held)
    except SQLAlchemyError as unreachable:  # the lease runs out by itself and the events still wait
        log.warning("failure not noted", subscription=attempt.stripe_id, error=type(unreachable).__name__)
