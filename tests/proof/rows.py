"""Everything that a database holds: copied out, put back, compared without the numbers that rows happened to get."""

from typing import Any

from sqlalchemy import delete, insert, select

from paywall.database import Base, Database
from tests.emptying import unguarded

Rows = dict[str, list[dict[str, Any]]]


def read_rows(database: Database) -> Rows:
    """Return every row of every table."""
    with database.reading() as session:
        tables = Base.metadata.sorted_tables
        return {table.name: [dict(row) for row in session.execute(select(table)).mappings()] for table in tables}


def put_back(database: Database, rows: Rows) -> None:
    """Make the database hold these rows and no others."""
    with database.writing() as session, unguarded(session):
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(delete(table))
        for table in Base.metadata.sorted_tables:
            if rows[table.name]:
                session.execute(insert(table), rows[table.name])


def without_numbers(rows: list[dict[str, Any]], *more: str) -> list[str]:
    """Return rows as words, in an order that does not depend on when each was written, without `id` and `more`."""
    dropped = {"id", *more}
    return sorted(repr({name: value for name, value in row.items() if name not in dropped}) for row in rows)
