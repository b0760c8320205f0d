"""What a source says of an article, before anybody has judged it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Item:
    """One article as a file, a feed or a page gives it. None and empty mean that the source says nothing."""

    where: str
    """For the report: the file, and the item's place in it."""
    key: str
    html: str
    title: str = ""
    is_title_html: bool = False
    """True for feeds' titles, which may hold tags and entities."""
    slug: str = ""
    standfirst: str = ""
    section: str = ""
    is_section_sure: bool = True
    """False for a feed's categories, which may be keywords."""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] | None = None
    """None where the source says nothing of them; empty: there are none."""
    language: str = ""
    is_language_sure: bool = True
    """False for what pages and feeds declare: taken if it can be, else left."""
    access: str = ""
    link: str | None = None
    """Its address, against which relative addresses in the text are resolved."""
    published_at: datetime | None = None
    """Naive times are the publisher's local time; so are all others here."""
    first_seen_at: datetime | None = None
    """When the source itself was made: the date of a new article that has none of its own."""
    updated_at: datetime | None = None
    embargoed_until: datetime | None = None
    withdrawn_at: datetime | None = None
    free_first_hours: int | None = None
    free_after_hours: int | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that was not imported, and why."""

    where: str
    reason: str
