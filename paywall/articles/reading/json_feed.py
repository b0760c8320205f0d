"""JSON Feed, versions 1 and 1.1."""

import json
from collections.abc import Iterator
from html import escape
from typing import Any, NoReturn

from paywall.articles.item import Item
from paywall.articles.reading.dates import guess_date
from paywall.articles.reading.keywords import kept_tags
from paywall.articles.slugs import key_of_link
from paywall.errors import BadInput

_MARK = "jsonfeed.org/version/"


def is_json_feed(text: str) -> bool:
    """Tell a JSON Feed, even a broken one, from any other JSON file."""
    return _MARK in text[:4_096].replace("\\/", "/")


def read_json_feed(text: str, where: str) -> list[Item]:
    """Return the items of a JSON Feed; raises BadInput for JSON that is broken, ambiguous or endlessly nested."""
    try:
        feed = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
    except RecursionError:
        raise BadInput("file", "its JSON is nested too deeply") from None
    except ValueError as error:
        raise BadInput("file", f"no JSON: {str(error)[:120]}") from None
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise BadInput("items", "missing: a JSON Feed has a list of them")
    if not items:
        raise BadInput("items", "a feed without items")
    return list(_items(feed, items, where))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("the same name twice in one object")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _items(feed: dict[str, Any], items: list[Any], where: str) -> Iterator[Item]:
    for number, raw in enumerate(items, 1):
        entry = raw if isinstance(raw, dict) else {}
        link = _text(entry, "url") or _text(entry, "external_url")
        yield Item(
            where=f"{where}, item {number}",
            key=_text(entry, "id") or key_of_link(link),
            html=_body(entry),
            title=_text(entry, "title"),
            section=next((tag for tag in _list(entry, "tags") if isinstance(tag, str)), ""),
            is_section_sure=False,
            tags=kept_tags(tag for tag in _list(entry, "tags") if isinstance(tag, str)),
            authors=_authors(entry) or _authors(feed),
            language=_text(entry, "language") or _text(feed, "language"),
            is_language_sure=False,
            link=link or None,
            published_at=guess_date(_text(entry, "date_published")),
            updated_at=guess_date(_text(entry, "date_modified")),
        )


def _text(thing: dict[str, Any], name: str) -> str:
    value = thing.get(name)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if isinstance(value, str) else str(value) if is_number else ""


def _list(thing: dict[str, Any], name: str) -> list[Any]:
    value = thing.get(name)
    return value if isinstance(value, list) else []


def _body(entry: dict[str, Any]) -> str:
    html = _text(entry, "content_html")
    parts = (_text(entry, "content_text") or _text(entry, "summary")).split("\n\n")
    return html or "".join(f"<p>{escape(part)}</p>" for part in parts if part.strip())


def _authors(thing: dict[str, Any]) -> tuple[str, ...]:
    people = _list(thing, "authors") or [thing.get("author")]
    return tuple(_text(person, "name") for person in people[:20] if isinstance(person, dict) and _text(person, "name"))
