"""Many rows at once, the quickest way each database has: COPY on PostgreSQL, executemany in batches on SQLite."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Protocol, cast

from sqlalchemy import Connection, Table, func, select

from paywall.database import Base, Database

BATCH = 20_000
Cells = tuple[Any, ...]
Values = Mapping[str, Any]
"""A row's columns by name; what is not named gets the column's default."""


class Progress(Protocol):
    """Hears how many rows more are written."""

    def __call__(self, rows: int) -> None:
        """Take note of so many more rows."""


def write_rows(database: Database, name: str, rows: Iterable[Values], progress: Progress) -> int:
    """Insert the rows into the table of that name, a transaction for each batch; returns how many they were."""
    total = 0
    for batch in _batches(rows):
        columns = _columns(Base.metadata.tables[name], has_id="id" in batch[0])
        tuples = [_row(columns, values) for values in batch]
        with database.engine.begin() as connection:
            _insert(connection, name, list(columns), tuples)
        total += len(tuples)
        progress(len(tuples))
    return total


def write_tuples(
    database: Database, name: str, columns: Sequence[str], rows: Iterable[Cells], progress: Progress
) -> None:
    """Insert rows that are tuples of these very columns and hold no times: the quickest of all."""
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        with database.engine.begin() as connection:
            _insert(connection, name, list(columns), batch)
        progress(len(batch))


def next_id(database: Database, name: str) -> int:
    """Return the first id that is free from there on."""
    with database.looking() as connection:
        return (connection.scalar(select(func.max(Base.metadata.tables[name].c.id))) or 0) + 1


def count_on(database: Database, name: str) -> None:
    """Have PostgreSQL go on counting behind ids that were given by hand."""
    if database.is_sqlite:
        return
    last = select(func.max(Base.metadata.tables[name].c.id)).scalar_subquery()
    with database.engine.begin() as connection:
        connection.execute(select(func.setval(func.pg_get_serial_sequence(name, "id"), last)))


def _batches(rows: Iterable[Values]) -> Iterator[list[Values]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def _columns(table: Table, *, has_id: bool) -> dict[str, object]:
    """Return the columns to name and what stands in each where a row says nothing."""
    return {column.name: _default(column.default) for column in table.columns if column.name != "id" or has_id}


def _default(default: Any) -> object:  # noqa: ANN401 - SQLAlchemy's
    value = getattr(default, "arg", None)
    return None if callable(value) else value


def _row(columns: dict[str, object], values: Values) -> Cells:
    return tuple(values.get(name, default) for name, default in columns.items())


def _insert(connection: Connection, table: str, columns: list[str], rows: list[Cells]) -> None:
    names = ", ".join(columns)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names of our own columns
        connection.exec_driver_sql(statement, [_plain(row) for row in rows])
        return
    cursor = cast(Any, connection.connection.dbapi_connection).cursor()
    with cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _plain(row: Cells) -> Cells:
    """Return the row with times as SQLite keeps them: UTC, without saying so."""
    return tuple(one.isoformat(" ", "microseconds")[:26] if isinstance(one, datetime) else one for one in row)
