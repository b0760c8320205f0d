"""What the pages of the audit say: rows of the list, and one entry with what was before and after."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from paywall.admin.audit.finding import Entry
from paywall.admin.audit.words import Named, Names
from paywall.admin.dossier.deeds import deed_words
from paywall.admin.ground.sheets import time_cell

HEADER = ("number", "at", "who", "did", "whom", "from", "detail")


@dataclass(frozen=True, slots=True)
class Line:
    """One entry; `at` is aware UTC, business time."""

    number: int
    at: datetime
    who: Named
    did: str
    whom: Named
    network: str


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a deed changed, or set where `before` is None."""

    name: str
    before: str | None
    after: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry with all that it holds: what changed, and what else is known of it."""

    line: Line
    changes: list[Change]
    facts: list[tuple[str, str]]
    codes: tuple[str, str, str]
    """Who, what and whom as they are stored."""


def lines_of(session: Session, publisher_id: int, rows: Sequence[Entry]) -> list[Line]:
    """Return the rows of a page, in their order."""
    names = Names(session, publisher_id, [code for row in rows for code in (row.actor, row.subject)])
    return [_line(row, names) for row in rows]


def shown(session: Session, publisher_id: int, row: Entry) -> Shown:
    """Return one entry."""
    (line,) = lines_of(session, publisher_id, [row])
    rest = {name: value for name, value in row.detail.items() if name not in ("before", "after")}
    facts = [(_name(name), _value(value)) for name, value in rest.items()]
    return Shown(line, list(_changes(row.detail)), facts, (row.actor, row.action, row.subject))


def cells_of(row: Entry) -> tuple[str, ...]:
    """Return an entry as a row of the CSV: codes as they are stored, so that programs can count them."""
    detail = json.dumps(row.detail, ensure_ascii=False, sort_keys=True) if row.detail else ""
    return (str(row.id), time_cell(row.at), row.actor, row.action, row.subject, row.network or "", detail)


def _line(row: Entry, names: Names) -> Line:
    return Line(row.id, row.at, names.of(row.actor), deed_words(row.action), names.of(row.subject), row.network or "")


def _changes(detail: Mapping[str, Any]) -> Iterator[Change]:
    if "after" not in detail:
        return
    before, after = detail.get("before"), detail["after"]
    if not isinstance(after, Mapping):
        yield Change("value", None if before is None else _value(before), _value(after))
        return
    was = before if isinstance(before, Mapping) else {}
    for name in dict.fromkeys((*was, *after)):
        yield Change(_name(name), _value(was[name]) if name in was else None, _value(after.get(name)))


def _name(name: str) -> str:
    return name.replace("_", " ")


def _value(value: object) -> str:
    if value is None or value in ("", [], {}):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_value, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{_name(name)}: {_value(one)}" for name, one in value.items())
    return str(value)
