"""The history as others read it: what is new, what there was since a time; and forgetting what is old."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, exists, false, select
from sqlalchemy.orm import Session, aliased

from paywall.entitlements.tables import AccessEvent


def is_anything_new(session: Session) -> bool:
    """Tell whether something waits to be passed on."""
    return session.scalar(select(AccessEvent.id).where(_IS_NEW).limit(1)) is not None


def take_new(session: Session, most: int) -> Sequence[AccessEvent]:
    """Take the oldest events that nobody has passed on; with the caller's commit they are.

    Several may take at once, and get different ones.
    """
    query = select(AccessEvent).where(_IS_NEW).order_by(AccessEvent.id).limit(most)
    events = session.scalars(query.with_for_update(skip_locked=True)).all()
    for event in events:
        event.is_passed_on = True
    return events


def events_since(session: Session, publisher_id: int, since: datetime, after: int, most: int) -> Sequence[AccessEvent]:
    """Return a publisher's events noted at or after `since` (wall time), oldest first, from the row behind `after`."""
    which = (AccessEvent.publisher_id == publisher_id, AccessEvent.noted_at >= since, AccessEvent.id > after)
    return session.scalars(select(AccessEvent).where(*which).order_by(AccessEvent.id).limit(most)).all()


def latest_events(session: Session, reader_id: int, most: int, before: datetime | None = None) -> Sequence[AccessEvent]:
    """Return a reader's newest events, the newest first; of those before a moment (business time), if one is given."""
    query = select(AccessEvent).where(AccessEvent.reader_id == reader_id)
    if before is not None:
        query = query.where(AccessEvent.occurred_at < before)
    return session.scalars(query.order_by(AccessEvent.sequence.desc()).limit(most)).all()


def forget_before(session: Session, moment: datetime) -> int:
    """Delete events noted before `moment` (wall time); returns how many. Each reader's last stays: numbers go on."""
    later = aliased(AccessEvent)
    has_later = exists().where(later.reader_id == AccessEvent.reader_id, later.sequence > AccessEvent.sequence)
    old = delete(AccessEvent).where(AccessEvent.noted_at < moment, has_later)
    return len(session.execute(old.returning(AccessEvent.id)).all())


_IS_NEW = AccessEvent.is_passed_on == false()
