"""One way for the truth to come in: ask Stripe for the subscription afresh, store it, close the events it answers.

The drain, the return page, cancelling, resuming and reconciliation all come through here. The lease is claimed and the
waiting events are noted *before* Stripe is asked; what is written afterwards is written only under that same lease.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from structlog import get_logger

from paywall import audit
from paywall.billing.letters.sheet import Post
from paywall.billing.parts import Billing
from paywall.billing.stripe_errors import StripeNotFound
from paywall.billing.subscriptions.status import ENDED, Access, is_live
from paywall.billing.subscriptions.tables import subscription_by_stripe_id
from paywall.billing.syncing import disputes, lease
from paywall.billing.syncing.fetching import Picture, fetch
from paywall.billing.syncing.lease import Claim, LeaseLost
from paywall.billing.syncing.ownership import Owner, owner_of
from paywall.billing.syncing.second_subscription import give_back
from paywall.billing.syncing.storing import SecondLive, store
from paywall.billing.syncing.trials import note_refused_trial
from paywall.billing.trials.taking import TrialRefused
from paywall.billing.webhooks import inbox
from paywall.billing.webhooks.inbox import Noted
from paywall.billing.webhooks.incoming import Note
from paywall.errors import Unavailable

log = get_logger()
_ATTEMPTS = 3


class BeingSynced(Unavailable):
    """This subscription is being looked at just now. Please try again in a moment."""

    code = "being_synced"
    retry_after = 2


class _ReaderErased(Exception):
    """The subscription still runs, and its reader is gone."""


@dataclass(frozen=True, slots=True)
class Synced:
    """What became of it: whose subscription, in which status, with which access; or why it is nobody's."""

    stripe_id: str
    status: str
    owner: Owner | None = None
    access: Access | None = None
    note: Note | None = None


def sync_subscription(
    billing: Billing, stripe_id: str, *, by_force: bool = True, with_money_back: bool = False
) -> Synced:
    """Ask Stripe for a subscription and store the answer with all that follows.

    `by_force` takes the work over from whoever is at it; without, raises BeingSynced. `with_money_back` also asks
    which of its payments went back, which is otherwise done where an event says so. Raises the situations of
    `stripe_errors`; the waiting events are then put off, never dropped.
    """
    for _ in range(_ATTEMPTS):
        held, events = _claim(billing, stripe_id, by_force=by_force)
        try:
            return _sync(billing, held, events, with_money_back=with_money_back)
        except LeaseLost:
            if not by_force:
                raise BeingSynced from None
        except Exception as error:
            _put_off(billing, held, events, error)
            raise
    raise BeingSynced


def _claim(billing: Billing, stripe_id: str, *, by_force: bool) -> tuple[Claim, tuple[Noted, ...]]:
    with billing.database.writing() as session:
        held = lease.claim(session, stripe_id, billing.lease_seconds, by_force=by_force)
        if held is None:
            raise BeingSynced
        return held, inbox.note_open(session, stripe_id)


def _sync(billing: Billing, held: Claim, events: tuple[Noted, ...], *, with_money_back: bool) -> Synced:
    picture = _fetch(billing, held, events, with_money_back=with_money_back)
    if picture is None:
        return _finish(billing, held, lambda session: _gone(session, held, events))
    if disputes.needs_answer(picture) and _is_ours(billing, picture):
        picture = _answer_disputes(billing, held, events, picture)
    try:
        return _finish(billing, held, lambda session: _store(billing, session, picture, events))
    except SecondLive as second:
        return _sync_second(billing, held, events, picture, second.stripe_id)
    except _ReaderErased:
        return _sync_nobodys(billing, held, events, picture)
    except TrialRefused:
        return _sync_refused_trial(billing, held, events, picture)


def _is_ours(billing: Billing, picture: Picture) -> bool:
    with billing.database.writing() as session:
        return isinstance(owner_of(session, picture.subscription), Owner)


def _answer_disputes(billing: Billing, held: Claim, events: tuple[Noted, ...], picture: Picture) -> Picture:
    with lease.heartbeat(billing.database, held, billing.lease_seconds):
        disputes.answer(billing.gateway, picture)
    return _fetch(billing, held, events, with_money_back=True) or picture


def _sync_second(billing: Billing, held: Claim, events: tuple[Noted, ...], picture: Picture, first: str) -> Synced:
    """Pay back and cancel what a reader bought twice, unless the first turns out to have ended meanwhile.

    Once reported it is settled, so that a worker killed half-way leaves less to do for the next.
    """
    if not _is_reported(billing, held) and is_live(sync_subscription(billing, first).status):
        _report_second(billing, held, first)
    if _is_reported(billing, held):
        with lease.heartbeat(billing.database, held, billing.lease_seconds):
            give_back(billing.gateway, picture)
        picture = _fetch(billing, held, events, with_money_back=True) or picture
    return _finish(billing, held, lambda session: _store(billing, session, picture, events))


def _sync_nobodys(billing: Billing, held: Claim, events: tuple[Noted, ...], picture: Picture) -> Synced:
    """End a subscription whose reader was erased before we heard of it: nobody is left to read by it."""
    log.warning("the reader of a subscription is erased: ended", subscription=held.subject)
    ended = _end(billing, held, events, picture)
    return _finish(billing, held, lambda session: _store(billing, session, ended, events))


def _sync_refused_trial(billing: Billing, held: Claim, events: tuple[Noted, ...], picture: Picture) -> Synced:
    """End a trial whose card has had one: nothing was charged, and nothing will be."""

    def write(session: Session) -> Synced:
        note_refused_trial(session, picture.subscription, billing.links)
        return _store(billing, session, ended, events)

    ended = _end(billing, held, events, picture)
    return _finish(billing, held, write)


def _end(billing: Billing, held: Claim, events: tuple[Noted, ...], picture: Picture) -> Picture:
    """End a subscription at once, and return what is then true of it."""
    with lease.heartbeat(billing.database, held, billing.lease_seconds), suppress(StripeNotFound):
        billing.gateway.cancel_subscription(held.subject)
    return _fetch(billing, held, events, with_money_back=False) or picture


def _is_reported(billing: Billing, held: Claim) -> bool:
    with billing.database.reading() as session:
        return audit.was_written(session, "second_given_back", f"subscription:{held.subject}")


def _report_second(billing: Billing, held: Claim, first: str) -> None:
    """Tell the admins what is about to be done."""
    with billing.database.writing() as session:
        lease.require(session, held)
        row = subscription_by_stripe_id(session, first)
        if row is not None:
            subject = f"subscription:{held.subject}"
            audit.write(session, row.publisher_id, "stripe", "second_given_back", subject, first=first)
            log.error("a reader has a second live subscription", alarm=True, subscription=held.subject, first=first)


def _fetch(billing: Billing, held: Claim, events: tuple[Noted, ...], *, with_money_back: bool) -> Picture | None:
    """Return the picture, or None if Stripe knows no such subscription; no transaction is open meanwhile."""
    with lease.heartbeat(billing.database, held, billing.lease_seconds):
        try:
            return fetch(billing, held.subject, events, with_money_back=with_money_back)
        except StripeNotFound:
            return None


def _finish(billing: Billing, held: Claim, write: Callable[[Session], Synced]) -> Synced:
    with billing.database.writing() as session:
        lease.require(session, held)
        synced = write(session)
        lease.free(session, held)
        return synced


def _store(billing: Billing, session: Session, picture: Picture, events: tuple[Noted, ...]) -> Synced:
    found = picture.subscription
    owner = owner_of(session, found)
    if owner is Note.READER_ERASED and found.status not in ENDED:
        raise _ReaderErased
    if owner is Note.UNKNOWN_CUSTOMER:
        inbox.park(session, events)
    elif isinstance(owner, Note):
        inbox.mark_ignored(session, events, owner)
    if isinstance(owner, Note):
        return Synced(found.stripe_id, found.status, note=owner)
    access = store(session, picture, owner, Post(billing.base_url, billing.links))
    inbox.mark_handled(session, events)
    return Synced(found.stripe_id, found.status, owner, access)


def _gone(session: Session, held: Claim, events: tuple[Noted, ...]) -> Synced:
    """Close the events of a subscription that Stripe has never heard of; if we have, something is very wrong."""
    if subscription_by_stripe_id(session, held.subject) is not None:
        raise StripeNotFound
    inbox.mark_ignored(session, events, Note.GONE)
    return Synced(held.subject, "", note=Note.GONE)


def _put_off(billing: Billing, held: Claim, events: tuple[Noted, ...], error: Exception) -> None:
    try:
        with billing.database.writing() as session:
            inbox.mark_failed(session, events, f"{type(error).__name__}: {error}")
            lease.free(session, held)
    except SQLAlchemyError as unreachable:  # the lease runs out by itself and the events still wait
        log.warning("failure not noted", subscription=held.subject, error=type(unreachable).__name__)
