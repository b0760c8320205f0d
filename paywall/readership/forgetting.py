"""What does not stay: old views, and the holder of an account that was erased."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from secrets import randbits

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from paywall import clock
from paywall.entitlements.granting import end_all
from paywall.publishers.profiles import read_profile
from paywall.publishers.rules import Profile
from paywall.readers.accounts import Erase, erase_all
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
    """Return what erases accounts, ends what they could read by, and forgets what they read, in one transaction.

    `secret` is the installation's. Whoever listens to changes of access hears of the end, by a reader's number alone.
    """
    holders = Holders(secret)

    def erase_and_forget(session: Session, readers: Sequence[Reader]) -> None:
        if readers:
            ids = [reader.id for reader in readers]
            erase_all(session, readers)
            end_all(session, ids, clock.now())
            forget_readers(session, holders, read_profile(session, readers[0].publisher_id), ids)

    return erase_and_forget


def forget_readers(session: Session, holders: Holders, profile: Profile, reader_ids: Sequence[int]) -> None:
    """Cut the thread between erased accounts and their views: these stay, as those of numbers made up just now.

    To be called in the transaction that erases. Views still in a process's memory, seconds old, are not reached.
    """
    known = {holder for one in reader_ids for holder in holders.all_of(profile, f"r{one}")}
    meters = [meter.id for meter in profile.meters]
    theirs = (ReadView.publisher_id == profile.id, ReadView.meter_id.in_(meters))
    _rename(session, ReadView.holder, known, *theirs)
    causes = {holders.digest(account(one)) for one in reader_ids}
    _rename(session, ReadStep.cause, causes, ReadStep.step == Step.SIGN_UP.value)  # no other step names an account


def _rename(
    session: Session, name: InstrumentedAttribute[int], known: Collection[int], *which: ColumnElement[bool]
) -> None:
    """Give each known number that stands in a column another, made up just now."""
    for found in session.scalars(select(name).where(*which, name.in_(known)).distinct()).all():
        session.execute(update(name.class_).where(*which, name == found).values({name: randbits(63)}))
