"""What may be read of an article, and when, as plain values and pure functions."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MOST_TAGS = 20
LONGEST_TAG = 100


class AccessLevel(StrEnum):
    """Who may read an article to its end."""

    __hash__ = str.__hash__  # a tenth of what Enum's own takes, on every request

    FREE = "free"
    REGISTERED = "registered"
    METERED = "metered"
    SUBSCRIBERS = "subscribers"


class Presence(StrEnum):
    """Whether an article is there at all."""

    NOT_YET = "not_yet"  # scheduled or embargoed: 404
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"  # 410, gone from feeds


@dataclass(frozen=True, slots=True)
class Schedule:
    """The publisher's hand on an article; all instants are aware UTC."""

    published_at: datetime
    embargoed_until: datetime | None = None
    withdrawn_at: datetime | None = None
    free_first_hours: int | None = None
    """Open to everybody for its first so many hours."""
    free_after_hours: int | None = None
    """Open to everybody once it is so many hours old."""

    @property
    def opens_at(self) -> datetime:
        """The first instant at which the article is there."""
        return max(self.published_at, self.embargoed_until or self.published_at)

    def presence(self, now: datetime) -> Presence:
        """Tell whether the article is there at `now`."""
        if self.withdrawn_at is not None and self.withdrawn_at <= now:
            return Presence.WITHDRAWN
        return Presence.PUBLISHED if self.opens_at <= now else Presence.NOT_YET

    def is_free_window(self, now: datetime) -> bool:
        """Tell whether a free window is open at `now`, whatever the access level."""
        first, after = self.free_first_hours, self.free_after_hours
        if first is None and after is None:
            return False
        age = now - self.opens_at
        return (first is not None and age < timedelta(hours=first)) or (
            after is not None and age >= timedelta(hours=after)
        )


@dataclass(frozen=True, slots=True)
class ArticleCard:
    """What the gate must know of an article, without its text."""

    id: int
    publisher_id: int
    key: str
    """The publisher's own article id: what the meter counts."""
    slug: str
    section: str
    access: AccessLevel
    schedule: Schedule
    version: str
    """Changes whenever the page of the article would change."""
    url: str | None = None
    """Where the publisher shows it, if not here; in its canonical spelling."""

    def level(self, now: datetime) -> AccessLevel:
        """Return the level that holds at `now`: `free` inside a free window."""
        return AccessLevel.FREE if self.schedule.is_free_window(now) else self.access


def tag_slug(tag: str) -> str:
    """Return a tag as it is compared with others, in its own letters: "Leyla's Baku" and `leyla-s baku` are one."""
    return author_slug(tag)


def author_slug(name: str) -> str:
    """Return an author's name as an address spells it, in its own letters: "Leyla Əliyeva" is `leyla-əliyeva`."""
    return re.sub(r"[\W_]+", "-", unicodedata.normalize("NFC", name).lower()).strip("-")
