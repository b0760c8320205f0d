"""What a column may mean, which headers mean it, and where a file has it."""

import re
from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from paywall.importing.reading.refusing import FileRefused

_BETWEEN = re.compile(r"[\s_-]+")


class Field(StrEnum):
    """What is known of a subscriber."""

    ADDRESS = "address"
    NAME = "name"
    PLAN = "plan"
    ENDS = "ends"
    CUSTOMER = "customer"
    SUBSCRIPTION = "subscription"
    SOURCE = "source"
    AMOUNT = "amount"
    CURRENCY = "currency"
    STATUS = "status"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Mapping:
    """How the files of one system are read."""

    slug: str
    name: str
    columns: Table[Field, Sequence[str]]
    """The headers that mean a field; of several that a file has, the first one with something in its cell counts."""
    lapsed: frozenset[str] = frozenset()
    """Statuses, in small letters, under which nobody reads, whatever the date."""
    never: frozenset[str] = frozenset()
    """What stands for a right that never ends."""
    nothing: frozenset[str] = frozenset()
    """What stands for an empty cell."""
    picks: frozenset[Field] = field(default_factory=frozenset)
    """Fields whose cells hold other things, too: an id is picked out of them, and its absence is no fault."""
    yes: frozenset[str] = frozenset({"true", "yes", "1"})
    """What says that somebody reads free of charge, without an end."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a file has what."""

    places: Table[Field, tuple[int, ...]]
    headers: tuple[str, ...]
    unknown: tuple[str, ...]
    """Headers that mean nothing to the mapping: their columns are passed over."""


def columns_of(mapping: Mapping, header: Sequence[str]) -> Columns:
    """Return where a file with that header has what.

    Raises FileRefused where no column holds addresses, or two have the same header and it matters which.
    """
    found = [_plain(one) for one in header]
    places = {what: _places(names, found) for what, names in mapping.columns.items()}
    if not places.get(Field.ADDRESS):
        wanted = " or ".join(f"“{name}”" for name in mapping.columns[Field.ADDRESS])
        raise FileRefused(f"No column is named {wanted}: without addresses there are no readers.", 1)
    used = {place for some in places.values() for place in some}
    unknown = [name for place, name in enumerate(header) if place not in used and name.strip()]
    return Columns(places, tuple(header), tuple(unknown))


def chosen(headers: Table[Field, str], base: Mapping) -> Mapping:
    """Return a mapping by headers that somebody chose; fields without one are looked for as `base` does."""
    columns = {**base.columns, **{what: (name,) for what, name in headers.items() if name.strip()}}
    return replace(base, columns=columns)


def _places(names: Sequence[str], found: Sequence[str]) -> tuple[int, ...]:
    places = []
    for name in map(_plain, names):
        if found.count(name) > 1:
            raise FileRefused(f"Two columns are named “{name}”: remove one of them.", 1)
        places += [found.index(name)] if name in found else []
    return tuple(dict.fromkeys(places))


def _plain(header: str) -> str:
    return _BETWEEN.sub("_", header.strip().casefold())
