"""Holding a publisher's row, so that changes of one newspaper come one after the other."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from paywall.publishers.tables import Publisher


def hold_publisher(session: Session, publisher_id: int) -> None:
    """Have every other one who holds this publisher wait for the caller's transaction to end."""
    # key_share: every row that names the publisher shares its key until it is committed. Two who have noted their act
    # and hold the publisher after that would otherwise wait for each other
    session.execute(select(Publisher.id).where(Publisher.id == publisher_id).with_for_update(key_share=True))
