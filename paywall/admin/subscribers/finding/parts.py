"""One thing that is asked of a reader, in the two forms in which a database can be asked quickly.

Few readers: list them, then look at each (`chosen`). Many: walk the list in its order and test each (`holds_for`).
Which is better depends on how many there are, and neither database can be trusted to know that.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol, cast

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, literal, select
from sqlalchemy.orm import aliased

from paywall.readers.crowding import crowded_accounts, is_crowded

Conditions = Callable[[Any], Sequence[ColumnElement[bool]]]
"""Takes a table's row, or an alias of it."""


_other = cast(Callable[[type[Any]], Any], cache(aliased))
"""A table under another name, beside the one that is walked; to make it takes longer than to use it."""


class Part(Protocol):
    """One thing that is asked of a reader."""

    def chosen(self) -> Select[int] | None:
        """Return the query of the ids of those of whom it holds, perhaps twice; None where that are too many."""
        ...

    def holds_for(self, reader_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
        """Return, as a condition, that it holds of that reader."""
        ...


@dataclass(frozen=True, slots=True)
class Has:
    """That the reader has a row of `table`, or is one, of which all conditions hold."""

    table: type[Any]
    reader_id: str
    """The column that names the reader."""
    conditions: Conditions
    along: str = ""
    """A column of which each reader has one value: a walk in its order can look at the row it stands on."""
    is_of_most: bool = False
    """It holds of so many that listing them is no use; any walk along the table looks at the row it stands on."""

    def chosen(self) -> Select[int] | None:
        """Return the query of who has one."""
        if self.is_of_most:
            return None
        row = _other(self.table)
        return select(getattr(row, self.reader_id)).where(*self.conditions(row))

    def holds_for(self, reader_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
        """Return the condition that this reader has one."""
        row = _other(self.table)
        mine = select(literal(1)).where(getattr(row, self.reader_id) == reader_id, *self.conditions(row))
        return mine.offset(0).exists()  # so PostgreSQL asks it of each reader, and does not begin with the whole table


@dataclass(frozen=True, slots=True)
class HasNone:
    """That the reader has no such row: true of most, so nobody is listed by it."""

    of: Has

    def chosen(self) -> None:
        """Return nothing: these are most readers."""

    def holds_for(self, reader_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
        """Return the condition that this reader has none."""
        return ~self.of.holds_for(reader_id)


@dataclass(frozen=True, slots=True)
class IsCrowded:
    """That more people than one seem to use the account; `now` is wall time, as sign-ins are."""

    now: datetime

    def chosen(self) -> Select[int]:
        """Return the query of such accounts."""
        return crowded_accounts(self.now)

    def holds_for(self, reader_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
        """Return the condition that this account is one."""
        return is_crowded(reader_id, self.now)
