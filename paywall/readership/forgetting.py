"""What does not stay: old views, and the holder of an account that was erased."""

from datetime import datetime, timedelta
from secrets import randbits

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from paywall import clock
from paywall.entitlements.granting import end_all
from paywall.publishers.profiles import read_profile
from paywall.publishers.rules import Profile
from paywall.readers.accounts import Erase, erase
from paywall.readers.tables import Reader
from paywall.readership.holders import Holders
from paywall.readership.rules import Step
from paywall.readership.steps import account
from paywall.readership.tables import ReadDay, ReadStep, ReadView, Replay

DAYS_OF_COUNTS = 3 * 366
"""Counts of a day name nobody, and are kept for three years."""
ANSWERS_KEPT = timedelta(days=7)
SWEPT_AT_ONCE = 20_000


def sweep(session: Session, now: datetime, days: int) -> bool:
    """Delete views and steps older than so many days at business time `now`, some at a time.

    Returns whether there may be more. Counts and answers have ends of their own.
    """
    oldest = now - timedelta(days=days)
    old = select(ReadView.id).where(ReadView.at < int(oldest.timestamp())).order_by(ReadView.at).limit(SWEPT_AT_ONCE)
    gone = session.execute(delete(ReadView).where(ReadView.id.in_(old)).returning(ReadView.id)).all()
    session.execute(delete(ReadStep).where(ReadStep.at < oldest))
    session.execute(delete(ReadDay).where(ReadDay.day < (now - timedelta(days=DAYS_OF_COUNTS)).date()))
    session.execute(delete(Replay).where(Replay.made_at < now - ANSWERS_KEPT))
    return len(gone) == SWEPT_AT_ONCE


def erasing(secret: str) -> Erase:
    """Return what erases an account, ends what it could read by, and forgets what it read, in one transaction.

    `secret` is the installation's. Whoever listens to changes of access hears of the end, by the reader's number alone.
    """
    holders = Holders(secret)

    def erase_and_forget(session: Session, reader: Reader) -> None:
        erase(session, reader)
        end_all(session, reader.id, clock.now())
        forget_reader(session, holders, read_profile(session, reader.publisher_id), reader.id)

    return erase_and_forget


def forget_reader(session: Session, holders: Holders, profile: Profile, reader_id: int) -> None:
    """Cut the thread between an erased account and its views: they stay, as those of a number made up just now.

    To be called in the transaction that erases. Views still in a process's memory, seconds old, are not reached.
    """
    meters = [meter.id for meter in profile.meters]
    for holder in holders.all_of(profile, f"r{reader_id}"):
        mine = (ReadView.publisher_id == profile.id, ReadView.meter_id.in_(meters), ReadView.holder == holder)
        session.execute(update(ReadView).where(*mine).values(holder=randbits(63)))
    cause = holders.digest(account(reader_id))
    named = (ReadStep.step == Step.SIGN_UP.value, ReadStep.cause == cause)  # no other step names an account
    session.execute(update(ReadStep).where(*named).values(cause=randbits(63)))
