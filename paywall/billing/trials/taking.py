"""Who may have a trial, and noting who had one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from paywall.billing.ledger.tables import has_lost_dispute
from paywall.billing.links import Links
from paywall.billing.trials.tables import Trial
from paywall.database import insert_once


class TrialRefused(Exception):
    """The card has had its trial with another account; nothing was written."""


@dataclass(frozen=True, slots=True)
class TakenTrial:
    """A trial that has begun at Stripe."""

    publisher_id: int
    reader_id: int
    subscription_id: str
    address_key: str
    card_fingerprint: str | None
    began_at: datetime


def address_key(links: Links, publisher_id: int, email_normalized: str) -> str:
    """Return what an address is known by among trials: a keyed hash, so that no address is kept."""
    return links.keyed_hash("trial", f"{publisher_id} {email_normalized}")


def may_have_trial(session: Session, publisher_id: int, reader_id: int, key: str) -> bool:
    """Tell whether neither the account nor its address has had a trial, and no payment was ever taken back."""
    same = or_(Trial.reader_id == reader_id, Trial.address_key == key)
    had_one = session.scalar(select(Trial.id).where(Trial.publisher_id == publisher_id, same).limit(1))
    return had_one is None and not has_lost_dispute(session, reader_id, key)


def take_trial(session: Session, taken: TakenTrial) -> None:
    """Note a trial once; raises TrialRefused, before anything is written, where its card has had one already."""
    if _is_noted(session, taken.subscription_id):
        return
    if _card_had_one(session, taken) or not insert_once(session, Trial, _values(taken, was_refused=False)):
        raise TrialRefused


def note_refused(session: Session, taken: TakenTrial) -> None:
    """Note that a trial was refused, so that its mail is sent once and it counts for the account."""
    insert_once(session, Trial, _values(taken, was_refused=True))


def was_refused(session: Session, subscription_id: str) -> bool:
    """Tell whether a subscription was ended because its card has had a trial."""
    refused = select(Trial.id).where(Trial.subscription_id == subscription_id, Trial.was_refused)
    return session.scalar(refused) is not None


def _is_noted(session: Session, subscription_id: str) -> bool:
    return session.scalar(select(Trial.id).where(Trial.subscription_id == subscription_id)) is not None


def _card_had_one(session: Session, taken: TakenTrial) -> bool:
    same = select(Trial.id).where(
        Trial.publisher_id == taken.publisher_id,
        Trial.card_fingerprint == taken.card_fingerprint,
        Trial.was_refused.is_(False),
    )
    return taken.card_fingerprint is not None and session.scalar(same.limit(1)) is not None


def _values(taken: TakenTrial, *, was_refused: bool) -> dict[str, object]:
    return {
        "publisher_id": taken.publisher_id,
        "reader_id": taken.reader_id,
        "subscription_id": taken.subscription_id,
        "address_key": taken.address_key,
        "card_fingerprint": taken.card_fingerprint,
        "was_refused": was_refused,
        "began_at": taken.began_at,
    }
