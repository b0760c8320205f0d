"""Views one by one, counts by day, steps behind a wall, and answers of replays.

No reader, no address, no text of an article is in any of them; see docs/decisions/views-without-names.md.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from paywall.database import Base, UtcDateTime


class ReadView(Base):
    """One counted request for a metered article by a reader or visitor, and how it ended."""

    __tablename__ = "readership_views"
    __table_args__ = (
        # all that a replay reads, in its order: the rows themselves are not touched
        Index(
            "ix_readership_views_replay",
            "publisher_id",
            "meter_id",
            "holder",
            "at",
            "id",
            "article_id",
            "outcome",
            "is_reader",
        ),
        Index("ix_readership_views_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"))
    meter_id: Mapped[int]
    """The meter that counted the article's section then."""
    holder: Mapped[int]
    """Who, as a keyed digest of the meter's own name for them; below 2**63, evenly spread."""
    is_reader: Mapped[bool]
    article_id: Mapped[int]
    outcome: Mapped[int] = mapped_column(SmallInteger)
    """A place in `rules.OUTCOMES`."""
    referrer_host: Mapped[str | None]
    at: Mapped[int] = mapped_column(BigInteger)
    """Epoch second."""


class ReadDay(Base):
    """The counts of one day in UTC, for one article or one referrer's host."""

    __tablename__ = "readership_days"

    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    dimension: Mapped[str] = mapped_column(primary_key=True)
    which: Mapped[str] = mapped_column(primary_key=True)
    """The article's id, or the host; empty where there was none."""
    views: Mapped[int] = mapped_column(default=0)
    walls: Mapped[int] = mapped_column(default=0)
    sign_ups: Mapped[int] = mapped_column(default=0)
    checkouts: Mapped[int] = mapped_column(default=0)
    paid: Mapped[int] = mapped_column(default=0)


class ReadStep(Base):
    """A step behind a wall, once for its cause, with the article and referrer that it came from."""

    __tablename__ = "readership_steps"
    __table_args__ = (
        Index("uq_readership_steps_cause", "step", "cause", unique=True),
        Index("ix_readership_steps_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"))
    step: Mapped[str]
    cause: Mapped[int]
    """A keyed digest of the account or the checkout."""
    article_id: Mapped[int | None]
    referrer_host: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Replay(Base):
    """A question about stored views, and its answer once it is worked out."""

    __tablename__ = "readership_replays"
    __table_args__ = (
        Index("uq_readership_replays_question", "publisher_id", "meter_id", "since", "until", unique=True),
        Index("ix_readership_replays_wanted", "wanted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"))
    meter_id: Mapped[int]
    since: Mapped[int] = mapped_column(BigInteger)
    """Epoch seconds, like `until`, which is not included."""
    until: Mapped[int] = mapped_column(BigInteger)
    wanted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Wall time since when somebody waits; None once it is answered."""
    taken_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Wall time until which somebody works at it."""
    parts_done: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Business time at which the answer was true."""
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    rules: Mapped[str]
    """The window and zone of the meter that the question was asked under."""
