"""What a page says of its article in JSON-LD: NewsArticle and its kin, alone, in lists, or in an `@graph`."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from paywall.articles.text import clean_line

_LONGEST = 1_000_000
_DEEPEST = 4
_ARTICLES = frozenset(
    {"Article", "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle", "BlogPosting"}
)


@dataclass(frozen=True, slots=True)
class Said:
    """The fields found; empty where nothing is said."""

    headline: str = ""
    published_at: str = ""
    updated_at: str = ""
    section: str = ""
    authors: tuple[str, ...] = ()


def read_structured_data(scripts: Iterable[str]) -> Said:
    """Return what the first article in the scripts says of itself; broken JSON is passed over."""
    for script in scripts:
        for thing in _things(_parsed(script), 0):
            if _types(thing) & _ARTICLES:
                return _said(thing)
    return Said()


def _parsed(script: str) -> object:
    try:
        return json.loads(script, strict=False) if len(script) <= _LONGEST else None
    except (ValueError, RecursionError):
        return None


def _things(value: object, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for entry in value:
            yield from _things(entry, depth + 1)
    elif isinstance(value, dict):
        yield value
        yield from _things(value.get("@graph"), depth + 1)
        yield from _things(value.get("mainEntity"), depth + 1)


def _types(thing: dict[str, Any]) -> set[str]:
    types = thing.get("@type")
    return {name for name in (types if isinstance(types, list) else [types]) if isinstance(name, str)}


def _said(thing: dict[str, Any]) -> Said:
    return Said(
        headline=_first(thing.get("headline")),
        published_at=_first(thing.get("datePublished")),
        updated_at=_first(thing.get("dateModified")),
        section=_first(thing.get("articleSection")),
        authors=_names(thing.get("author")),
    )


def _first(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    return clean_line(value) if isinstance(value, str) else ""


def _names(value: object) -> tuple[str, ...]:
    people = value if isinstance(value, list) else [value]
    names = (person.get("name") if isinstance(person, dict) else person for person in people[:20])
    lines = (_first(name) for name in names)
    return tuple(line for line in lines if line and not line.lower().startswith(("http:", "https:")))
