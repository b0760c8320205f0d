"""One attempt at one subscription, under one lease: ask Stripe, and write what it said only while the lease holds.

The waiting events were noted before Stripe is asked; they are closed in the same transaction that stores the answer.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy.orm import Session

from paywall.billing.letters.sheet import Post
from paywall.billing.parts import Billing
from paywall.billing.stripe_errors import StripeNotFound
from paywall.billing.subscriptions.status import ENDED, Access
from paywall.billing.subscriptions.tables import subscription_by_stripe_id
from paywall.billing.syncing import lease
from paywall.billing.syncing.fetching import Picture, fetch
from paywall.billing.syncing.lease import Claim
from paywall.billing.syncing.ownership import Owner, owner_of
from paywall.billing.syncing.storing import store
from paywall.billing.webhooks import inbox
from paywall.billing.webhooks.inbox import Noted
from paywall.billing.webhooks.incoming import Note


class ReaderErased(Exception):
    """The subscription still runs, and its reader is gone."""


@dataclass(frozen=True, slots=True)
class Synced:
    """What became of it: whose subscription, in which status, with which access; or why it is nobody's."""

    stripe_id: str
    status: str
    owner: Owner | None = None
    access: Access | None = None
    note: Note | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """The right to one subscription, and the events that an answer asked for from now on takes care of."""

    billing: Billing
    held: Claim
    events: tuple[Noted, ...]

    @property
    def stripe_id(self) -> str:
        """The subscription's Stripe id."""
        return self.held.subject

    def holding(self) -> AbstractContextManager[None]:
        """Keep the lease alive while the block talks to Stripe."""
        return lease.heartbeat(self.billing.database, self.held, self.billing.lease_seconds)

    def fetch(self, *, with_money_back: bool = False) -> Picture | None:
        """Return the picture, or None if Stripe knows no such subscription; no transaction is open meanwhile."""
        with self.holding():
            try:
                return fetch(self.billing, self.stripe_id, self.events, with_money_back=with_money_back)
            except StripeNotFound:
                return None

    def is_ours(self, picture: Picture) -> bool:
        """Tell whether a reader of ours has this subscription, so that something may be done about it at Stripe."""
        with self.billing.database.writing() as session:
            return isinstance(owner_of(session, picture.subscription), Owner)

    def store(self, picture: Picture) -> Synced:
        """Store what Stripe said; raises SecondLive, TrialRefused or ReaderErased with nothing written."""
        return self.finish(lambda session: self.write(session, picture))

    def finish(self, write: Callable[[Session], Synced]) -> Synced:
        """Write in one transaction, only while the lease is ours, and let go of it; raises LeaseLost."""
        with self.billing.database.writing() as session:
            lease.require(session, self.held)
            synced = write(session)
            lease.free(session, self.held)
            return synced

    def write(self, session: Session, picture: Picture) -> Synced:
        """Write the picture, and close the events it answers."""
        found = picture.subscription
        owner = owner_of(session, found)
        if isinstance(owner, Note):
            return self._set_aside(session, picture, owner)
        access = store(session, picture, owner, Post(self.billing.base_url, self.billing.links))
        inbox.mark_handled(session, self.events)
        return Synced(found.stripe_id, found.status, owner, access)

    def write_gone(self, session: Session) -> Synced:
        """Close the events of a subscription that Stripe has never heard of; if we have, something is very wrong."""
        if subscription_by_stripe_id(session, self.stripe_id) is not None:
            raise StripeNotFound
        inbox.mark_ignored(session, self.events, Note.GONE)
        return Synced(self.stripe_id, "", note=Note.GONE)

    def _set_aside(self, session: Session, picture: Picture, why: Note) -> Synced:
        found = picture.subscription
        if why is Note.READER_ERASED and found.status not in ENDED:
            raise ReaderErased
        if why is Note.UNKNOWN_CUSTOMER:
            inbox.park(session, self.events)
        else:
            inbox.mark_ignored(session, self.events, why)
        return Synced(found.stripe_id, found.status, note=why)
