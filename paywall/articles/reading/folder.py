"""Which files are articles, and what is in them: every problem becomes a refusal, none stops the rest."""

import os
from dataclasses import dataclass
from pathlib import Path

import structlog

from paywall.articles.item import Item, Refusal
from paywall.articles.reading.charset import decode
from paywall.articles.reading.documents import read_html, read_markdown
from paywall.articles.reading.feeds import LARGEST, read_feed
from paywall.articles.reading.json_feed import is_json_feed, read_json_feed
from paywall.errors import BadInput

MARKDOWN = frozenset({".md", ".markdown"})
HTML = frozenset({".html", ".htm", ".xhtml"})
XML_FEEDS = frozenset({".xml", ".rss", ".atom"})
JSON_FEEDS = frozenset({".json"})
_KNOWN = MARKDOWN | HTML | XML_FEEDS | JSON_FEEDS
_LARGEST_DOCUMENT = 16 * 1024 * 1024
_log = structlog.get_logger(__name__)


class Skipped:
    """A file that is no article and does not look like one."""


Found = Item | Refusal | Skipped


@dataclass(frozen=True, slots=True)
class Source:
    """A file, with its name as the report shows it."""

    path: Path
    name: str


def sources(path: Path) -> list[Source]:
    """Return the files under `path` in a fixed order, hidden ones left out, or `path` itself if it is a file."""
    if path.is_file():
        return [Source(path, path.name)]
    found: list[Source] = []
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        files = (Path(folder) / name for name in sorted(names) if not name.startswith("."))
        found += [Source(file, _printable(file.relative_to(path))) for file in files if file.is_file()]
    return found


def read_source(source: Source, selector: str | None) -> list[Found]:
    """Return all that is in a file; never raises for what is in it."""
    if source.path.suffix.lower() not in _KNOWN:
        return [Skipped()]
    try:
        return _read(source, selector)
    except Exception as error:  # noqa: BLE001 - a parser that fails on one file must not stop the others
        return [Refusal(source.name, reason_of(error))]


def reason_of(error: Exception) -> str:
    """Return what to tell about an item that failed; what nobody foresaw is told by its type, and logged."""
    if isinstance(error, BadInput):
        return f"{error.field}: {error.sentence}"
    if isinstance(error, OSError):
        return f"file: can't be read ({error.strerror or type(error).__name__})"
    _log.warning("import_item_failed", error=type(error).__name__)
    return f"file: a parser gave up on it ({type(error).__name__})"


def _read(source: Source, selector: str | None) -> list[Found]:
    suffix = source.path.suffix.lower()
    if suffix in XML_FEEDS:
        return [*read_feed(_bytes(source, LARGEST), source.name)]
    if suffix in JSON_FEEDS:
        text = decode(_bytes(source, LARGEST))
        return [*read_json_feed(text, source.name)] if is_json_feed(text) else [Skipped()]
    text = decode(_bytes(source, _LARGEST_DOCUMENT))
    key = Path(source.name).with_suffix("").as_posix()
    if suffix in MARKDOWN:
        return [read_markdown(text, source.name, key)]
    return [read_html(text, source.name, key, selector)]


def _bytes(source: Source, largest: int) -> bytes:
    with source.path.open("rb") as file:
        data = file.read(largest + 1)
    if len(data) > largest:
        raise BadInput("file", f"larger than {largest // 1024 // 1024} MB")
    return data


def _printable(path: Path) -> str:
    return path.as_posix().encode("utf-8", "replace").decode()
