"""The lines of YAML in front of an article: a flat list of fields, each a word or a list of words.

Scalars are read as they are written (`no` is no boolean, `0123` no number), so that an id is never changed on the
way. Only one level is accepted, which leaves an alias nothing to multiply.
"""

import difflib
import re
from datetime import date, datetime, time
from typing import Any

import yaml

from paywall.errors import BadInput

LONGEST = 65_536
FIELDS = frozenset(
    {
        "id",
        "slug",
        "title",
        "standfirst",
        "section",
        "authors",
        "author",
        "tags",
        "language",
        "published_at",
        "date",
        "updated_at",
        "access",
        "embargoed_until",
        "withdrawn_at",
        "free_first_hours",
        "free_after_hours",
    }
)
_CALLED = {"id": "key", "date": "published_at"}
_DATES = ("date", "published_at", "updated_at", "embargoed_until", "withdrawn_at")
_HOURS = ("free_first_hours", "free_after_hours")
_BLOCK = re.compile(r"\s*---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_NOTHING = frozenset({"", "~", "null"})
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def split(text: str) -> tuple[dict[str, Any] | None, str]:
    """Return the fields (by the names of `Item`'s) and what follows them; None where there is no front matter.

    Raises BadInput naming a field that is unknown, said twice or unreadable.
    """
    text = text.replace("\r\n", "\n")
    block = _BLOCK.match(text)
    if block is None:
        return None, text
    if len(block[1]) > LONGEST:
        raise BadInput("front matter", f"longer than {LONGEST} characters")
    return _fields(_read(block[1])), text[block.end() :]


def _read(source: str) -> dict[str, str | list[str]]:
    try:
        root = yaml.compose(source, Loader=_LOADER)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f" at line {mark.line + 2}" if mark else ""
        raise BadInput("front matter", f"no YAML{place}") from None
    if root is None:
        return {}
    if not isinstance(root, yaml.MappingNode):
        raise BadInput("front matter", "no list of fields, like `title: …`")
    read: dict[str, str | list[str]] = {}
    for name_node, value_node in root.value:
        name = _name(name_node)
        if name in read:
            raise BadInput(name, "said twice in the front matter")
        read[name] = _value(name, value_node)
    return read


def _name(node: yaml.Node) -> str:
    name = str(node.value) if isinstance(node, yaml.ScalarNode) else ""
    if name in FIELDS:
        return name
    nearest = difflib.get_close_matches(name, FIELDS, n=1)
    hint = f"; did you mean {nearest[0]}?" if nearest else f"; there are {', '.join(sorted(FIELDS))}"
    raise BadInput(name[:60] or "front matter", f"unknown field{hint}")


def _value(name: str, node: yaml.Node) -> str | list[str]:
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    if isinstance(node, yaml.SequenceNode) and len(node.value) <= 100:
        words = [str(item.value) for item in node.value if isinstance(item, yaml.ScalarNode)]
        if len(words) == len(node.value):
            return words
    raise BadInput(name, "must be a text or a list of texts")


def _fields(read: dict[str, str | list[str]]) -> dict[str, Any]:
    for one, other in (("author", "authors"), ("date", "published_at")):
        if one in read and other in read:
            raise BadInput(one, f"said twice, as {one} and as {other}")
    authors = read.pop("authors", None) or read.pop("author", [])
    fields: dict[str, Any] = {"authors": tuple(authors if isinstance(authors, list) else [authors])}
    if "tags" in read:
        tags = read.pop("tags")
        fields["tags"] = tuple(tags if isinstance(tags, list) else [] if tags.strip() in _NOTHING else [tags])
    for name, value in read.items():
        if isinstance(value, list):
            raise BadInput(name, "must be a text, not a list")
        fields[_CALLED.get(name, name)] = _typed(name, value.strip())
    return fields


def _typed(name: str, value: str) -> object:
    if name in _DATES:
        return None if value in _NOTHING else read_date(name, value)
    if name in _HOURS:
        return None if value in _NOTHING else _whole(name, value)
    return value


def _whole(name: str, value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", value):
        raise BadInput(name, "must be a whole number of hours")
    return int(value)


def read_date(name: str, value: str) -> datetime:
    """Return a date or a time in ISO 8601, naive if it names no zone; raises BadInput naming the field."""
    try:
        if len(value) <= 10:
            return datetime.combine(date.fromisoformat(value), time())
        return datetime.fromisoformat(value)
    except ValueError:
        raise BadInput(name, "no date like 2026-11-23 or 2026-11-23T08:30:00+04:00") from None
