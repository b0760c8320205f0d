"""Carrying an import on: some rows in each transaction, each row once, from wherever the last one stopped.

What was done to a row and that it is done are written in one transaction, and whoever carries an import on holds it
first: so a crash at any point loses nothing and doubles nothing, and two who carry it on take turns.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from paywall.database import Database
from paywall.importing.runs import State, end, is_left
from paywall.importing.tables import Import, ImportRow

BATCH = 100
"""Rows in one transaction: the writer's lock of SQLite is held for a few tenths of a second."""

Work = Callable[[Session, Import, Sequence[ImportRow]], None]
"""Does what is to be done with some rows of an import, and notes in each that it is done."""


def take_step(database: Database, import_id: int, state: State, work: Work) -> int:
    """Have the next rows of an import in that state worked off, and end it after the last; returns how many there were.

    Does nothing for an import in another state.
    """
    with database.writing() as session:
        run = _held(session, import_id, state)
        if run is None:
            return 0
        rows = session.scalars(select(ImportRow).where(is_left(run)).order_by(ImportRow.line).limit(BATCH)).all()
        if rows:
            work(session, run, rows)
        else:
            end(run)
        return len(rows)


def take_all(step: Callable[[], int], on_rows: Callable[[int], None]) -> None:
    """Take one step after the other to the end; `on_rows` is told after each how many rows it had."""
    while count := step():
        on_rows(count)


def _held(session: Session, import_id: int, state: State) -> Import | None:
    """Return an import in that state, held against everybody else who carries it on."""
    which = (Import.id == import_id, Import.state == state.value)
    return session.scalar(select(Import).where(*which).with_for_update())
