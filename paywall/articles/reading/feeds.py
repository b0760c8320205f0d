"""Feeds in XML: RSS 0.9 to 2.0 (with `content:encoded`) and Atom, well-formed or not. Nothing is ever fetched."""

import io
from calendar import timegm
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from typing import Any

import feedparser

from paywall.articles.item import Item
from paywall.articles.reading.keywords import kept_tags
from paywall.articles.slugs import key_of_link
from paywall.errors import BadInput

LARGEST = 64 * 1024 * 1024
MOST_ENTITIES = 100


def read_feed(data: bytes, where: str) -> list[Item]:
    """Return the items of a feed; raises BadInput where the bytes are no feed."""
    if data.count(b"<!ENTITY") > MOST_ENTITIES:
        raise BadInput("file", f"defines more than {MOST_ENTITIES} entities")
    feed = feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    if not feed.entries and not feed.get("version"):
        raise BadInput("file", "no feed")
    if not feed.entries:
        raise BadInput("file", "a feed without items")
    made_at = _time(feed.feed, "updated_parsed") or _time(feed.feed, "published_parsed")
    language = str(feed.feed.get("language") or "")
    return list(_items(feed.entries, where, made_at, language))


def _items(entries: list[Any], where: str, made_at: datetime | None, language: str) -> Iterator[Item]:
    for number, entry in enumerate(entries, 1):
        body = _body(entry)
        published, updated = _time(entry, "published_parsed"), _time(entry, "updated_parsed")
        link = str(entry.get("link") or "")
        yield Item(
            where=f"{where}, item {number}",
            key=_key(entry, link),
            html=_as_html(body),
            title=_as_html(entry.get("title_detail") or {}),
            is_title_html=True,
            section=next((str(tag["term"]) for tag in entry.get("tags", []) if tag.get("term")), ""),
            is_section_sure=False,
            tags=kept_tags(str(tag.get("term") or "") for tag in entry.get("tags", [])),
            authors=_authors(entry),
            language=str(body.get("language") or language),
            is_language_sure=False,
            link=str(body.get("base") or "") or link or None,
            published_at=published,
            first_seen_at=updated or made_at,
            updated_at=updated if published and updated and updated > published else None,
        )


def _key(entry: Any, link: str) -> str:  # noqa: ANN401 - feedparser has no types
    key = str(entry.get("id") or "")
    return key_of_link(key or link) if key in {"", link} else key


def _body(entry: Any) -> dict[str, Any]:  # noqa: ANN401
    contents = sorted(entry.get("content", []), key=lambda content: "html" not in str(content.get("type")))
    found = next((content for content in contents if content.get("value")), None)
    return found or entry.get("summary_detail") or {}


def _as_html(detail: dict[str, Any]) -> str:
    value = str(detail.get("value") or "")
    if detail.get("type") != "text/plain":
        return value
    return "".join(f"<p>{escape(part)}</p>" for part in value.split("\n\n") if part.strip())


def _authors(entry: Any) -> tuple[str, ...]:  # noqa: ANN401
    return tuple(str(author["name"]) for author in entry.get("authors", [])[:20] if author.get("name"))


def _time(thing: Any, name: str) -> datetime | None:  # noqa: ANN401
    """Return one of feedparser's times, which are UTC; None where it could not read it."""
    if name not in thing:  # asked for it, feedparser would answer with another date
        return None
    parsed = thing[name]
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC) if parsed else None
    except (ValueError, TypeError, OverflowError, OSError):
        return None
