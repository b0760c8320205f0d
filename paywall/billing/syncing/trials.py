"""Holding a trial that has begun at Stripe against those that were had before."""

from sqlalchemy.orm import Session

from paywall.billing.links import Links
from paywall.billing.snapshots.subscription import SubscriptionSnapshot
from paywall.billing.subscriptions.status import Status
from paywall.billing.syncing.ownership import Owner, owner_of
from paywall.billing.trials import taking
from paywall.billing.trials.taking import TakenTrial, TrialRefused
from paywall.readers.finding import reader_by_id

_OWN_CHECKOUT = "checkout"
"""In the metadata of what was bought on our pages. A trial given at the dashboard is somebody's own decision."""


def take_trial(session: Session, found: SubscriptionSnapshot, owner: Owner, links: Links) -> None:
    """Note a trial; raises TrialRefused if it runs, came from our own page, and its card has had one.

    One that is over when we first hear of it was had all the same; one that was cut short, perhaps by ourselves a
    moment before this process was killed, was refused.
    """
    if found.trial_end_at is None:
        return
    taken = _taken(session, found, owner, links)
    try:
        taking.take_trial(session, taken)
    except TrialRefused:
        if found.status == Status.TRIALING and _OWN_CHECKOUT in found.metadata:
            raise
        if found.ended_at and found.ended_at < found.trial_end_at and _OWN_CHECKOUT in found.metadata:
            taking.note_refused(session, taken)


def note_refused_trial(session: Session, found: SubscriptionSnapshot, links: Links) -> None:
    """Note that a trial was ended because its card has had one."""
    owner = owner_of(session, found)
    if isinstance(owner, Owner):
        taking.note_refused(session, _taken(session, found, owner, links))


def address_key_of(session: Session, found: SubscriptionSnapshot, owner: Owner, links: Links) -> str:
    """Return what the address of a subscription's reader is known by, when the account is gone, too."""
    reader = reader_by_id(session, owner.publisher_id, owner.reader_id)
    address = reader.email_normalized if reader else found.stripe_id
    return taking.address_key(links, owner.publisher_id, address)


def _taken(session: Session, found: SubscriptionSnapshot, owner: Owner, links: Links) -> TakenTrial:
    return TakenTrial(
        publisher_id=owner.publisher_id,
        reader_id=owner.reader_id,
        subscription_id=found.stripe_id,
        address_key=address_key_of(session, found, owner, links),
        card_fingerprint=found.card.fingerprint if found.card else None,
        began_at=found.created_at,
    )
