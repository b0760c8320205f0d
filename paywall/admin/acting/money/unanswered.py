"""Acts that were noted and then asked of Stripe: which of them has got no answer, because the process died on the way.

A row is there from the note to the answer, whatever that was. One that stays is an alarm after some minutes, until the
act is done again or somebody has looked and sets the alarm aside. Times are wall time.
"""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column
from structlog import get_logger

from paywall import clock
from paywall.database import Base, UtcDateTime
from paywall.notices import clear_cause, raise_notice

log = get_logger()
KIND = "act_unanswered"
PATIENCE = timedelta(minutes=5)
"""Longer than Stripe is waited for, with every attempt."""
KEPT_FOR = timedelta(days=90)


class UnansweredAct(Base):
    """One act on a reader that Stripe has been asked for."""

    __tablename__ = "unanswered_acts"
    __table_args__ = (Index("ix_unanswered_acts_whose", "publisher_id", "reader_id", "action"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"))
    reader_id: Mapped[int] = mapped_column(ForeignKey("readers.id", ondelete="CASCADE"))
    action: Mapped[str]
    """`refund`, `subscription_resumed` or `plan_change`."""
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


def await_answer(session: Session, publisher_id: int, reader_id: int, action: str) -> None:
    """Note, in the transaction that notes the act, that Stripe will be asked for it."""
    whose = {"publisher_id": publisher_id, "reader_id": reader_id, "action": action}
    session.add(UnansweredAct(**whose, asked_at=clock.wall()))


def answered(session: Session, publisher_id: int, reader_id: int, action: str) -> None:
    """Note that an answer has come, good or bad: it stands for every earlier try, too."""
    whose = (UnansweredAct.publisher_id == publisher_id, UnansweredAct.reader_id == reader_id)
    tries = delete(UnansweredAct).where(*whose, UnansweredAct.action == action).returning(UnansweredAct.id)
    for number in session.scalars(tries).all():
        clear_cause(session, KIND, str(number))


def watch(session: Session, now: datetime) -> None:
    """Raise the alarm, once each, for what has waited too long; forget what is very old."""
    session.execute(delete(UnansweredAct).where(UnansweredAct.asked_at < now - KEPT_FOR))
    for one in session.scalars(select(UnansweredAct).where(UnansweredAct.asked_at < now - PATIENCE)).all():
        about = {"action": one.action, "reader": one.reader_id, "asked_at": one.asked_at.isoformat()}
        if raise_notice(session, KIND, str(one.id), publisher_id=one.publisher_id, **about):
            log.error("an act of the staff was never answered", alarm=True, **about)
