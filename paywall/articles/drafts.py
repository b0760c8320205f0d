"""From an item, as a source gives it, to a draft that may be stored: checked, sanitised, counted, with its preview."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from paywall.articles.addresses import canonical_url, origin_of
from paywall.articles.body.markup import plain_text
from paywall.articles.body.preview import cut_preview
from paywall.articles.body.sanitise import clean_html, line_of
from paywall.articles.body.words import count_words
from paywall.articles.item import Item
from paywall.articles.rules import LONGEST_TAG, MOST_TAGS, AccessLevel, tag_slug
from paywall.articles.slugs import given_slug
from paywall.articles.text import clean_line
from paywall.errors import BadInput

LONGEST = {"id": 200, "title": 500, "standfirst": 1_000, "section": 100, "authors": 200, "tags": LONGEST_TAG}
LONGEST_BODY = 2_000_000
MOST_AUTHORS = 20
MOST_FREE_HOURS = 24 * 366 * 10
_YEARS = range(1600, 2200)
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}", re.IGNORECASE)
_LEADING_HEADING = re.compile(r"<h2>(.*?)</h2>", re.DOTALL)
_WORDS_IN_A_MADE_TITLE = 10


@dataclass(frozen=True, slots=True)
class Draft:
    """An article ready to be stored. None: the source says nothing, so what is stored stays. Times are aware UTC."""

    key: str
    slug: str | None
    title: str
    standfirst: str
    section: str | None
    is_section_sure: bool
    authors: list[str]
    language: str | None
    access: AccessLevel | None
    published_at: datetime | None
    first_seen_at: datetime | None
    updated_at: datetime | None
    embargoed_until: datetime | None
    withdrawn_at: datetime | None
    free_first_hours: int | None
    free_after_hours: int | None
    body_html: str
    preview_html: str
    word_count: int
    tags: list[str] | None = None
    url: str | None = None
    """Where it lives on one of the publisher's sites, in its canonical spelling."""


def make_draft(
    item: Item, zone: ZoneInfo, preview_words: int, *, sites: Collection[str] = (), needs_text: bool = True
) -> Draft:
    """Return the item checked and sanitised; raises BadInput naming the first field that can't be taken.

    Its link is kept where it leads to one of `sites` (origins). Without `needs_text` there may be no text: the
    publisher keeps it.
    """
    whole, text = _body(item)
    title = _line("title", line_of(item.title) if item.is_title_html else item.title) or _first_words(text)
    body = _without_title(whole, title)
    words = count_words(text) - (count_words(title) if len(body) < len(whole) else 0)
    if not words and needs_text:
        raise BadInput("body", "no text")
    return Draft(
        key=_key(item.key),
        slug=given_slug("slug", item.slug) if item.slug else None,
        title=title,
        standfirst=_line("standfirst", item.standfirst),
        section=_line("section", item.section) or None,
        is_section_sure=item.is_section_sure,
        authors=_authors(item.authors),
        language=_language(item),
        access=_access(item.access),
        published_at=_instant("published_at", item.published_at, zone),
        first_seen_at=_instant("published_at", item.first_seen_at, zone),
        updated_at=_instant("updated_at", item.updated_at, zone),
        embargoed_until=_instant("embargoed_until", item.embargoed_until, zone),
        withdrawn_at=_instant("withdrawn_at", item.withdrawn_at, zone),
        free_first_hours=_hours("free_first_hours", item.free_first_hours),
        free_after_hours=_hours("free_after_hours", item.free_after_hours),
        body_html=body,
        preview_html=cut_preview(body, preview_words),
        word_count=words,
        tags=_tags(item.tags),
        url=_address(item.link, sites),
    )


def _body(item: Item) -> tuple[str, str]:
    """Return the sanitised body and its text."""
    if len(item.html) > LONGEST_BODY:
        raise BadInput("body", f"longer than {LONGEST_BODY:,} characters")
    body = clean_html(item.html, item.link)
    return body, plain_text(body)


def _address(link: str | None, sites: Collection[str]) -> str | None:
    """Return where the article lives on one of the sites; a link that leads elsewhere, or nowhere, says nothing."""
    try:
        url = canonical_url(link) if link and sites else None
    except BadInput:
        return None
    return url if url and origin_of(url) in sites else None


def _without_title(body: str, title: str) -> str:
    """Drop a first heading that only repeats the title, unless nothing else is there."""
    heading = _LEADING_HEADING.match(body)
    if heading and clean_line(plain_text(heading[1])) == title and count_words(plain_text(body[heading.end() :])):
        return body[heading.end() :]
    return body


def _first_words(text: str) -> str:
    words = clean_line(text[:2_000]).split(" ")
    title = " ".join(words[:_WORDS_IN_A_MADE_TITLE])[:100]
    return title if title == clean_line(text) else f"{title}…"


def _line(field: str, raw: str) -> str:
    line = clean_line(raw)
    if len(line) > LONGEST[field]:
        raise BadInput(field, f"longer than {LONGEST[field]} characters")
    return line


def _key(raw: str) -> str:
    key = _line("id", raw)
    if not key:
        raise BadInput("id", "missing, and there is no link that could stand for it")
    return key


def _authors(raw: tuple[str, ...]) -> list[str]:
    authors = [author for author in (_line("authors", name) for name in raw) if author]
    if len(authors) > MOST_AUTHORS:
        raise BadInput("authors", f"more than {MOST_AUTHORS}")
    return list(dict.fromkeys(authors))


def _tags(raw: tuple[str, ...] | None) -> list[str] | None:
    """Return the tags; of those that are spelled alike (`tag_slug`) the first."""
    if raw is None:
        return None
    kept: dict[str, str] = {}
    for tag in (_line("tags", name) for name in raw):
        kept.setdefault(tag_slug(tag), tag)
    kept.pop("", None)
    if len(kept) > MOST_TAGS:
        raise BadInput("tags", f"more than {MOST_TAGS}")
    return list(kept.values())


def _language(item: Item) -> str | None:
    language = clean_line(item.language).replace("_", "-")
    if not language or _LANGUAGE.fullmatch(language):
        return language or None
    if item.is_language_sure:
        raise BadInput("language", "no language tag like en or pt-BR")
    return None


def _access(raw: str) -> AccessLevel | None:
    try:
        return AccessLevel(raw) if raw else None
    except ValueError:
        raise BadInput("access", f"unknown; one of {', '.join(AccessLevel)}") from None


def _instant(field: str, when: datetime | None, zone: ZoneInfo) -> datetime | None:
    if when is None:
        return None
    if when.year not in _YEARS:
        raise BadInput(field, f"the year {when.year} is not between {_YEARS.start} and {_YEARS.stop}")
    return (when if when.tzinfo else when.replace(tzinfo=zone)).astimezone(UTC)


def _hours(field: str, hours: int | None) -> int | None:
    if hours is not None and not 0 <= hours <= MOST_FREE_HOURS:
        raise BadInput(field, f"not between 0 and {MOST_FREE_HOURS}")
    return hours
