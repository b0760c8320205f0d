"""SQLite as the main database: its settings, and write transactions that begin late and in turn.

`BEGIN IMMEDIATE` is sent just before the first statement that writes, when this process's other writers have finished
(`paywall.writers`); `docs/decisions/sqlite-begins-at-the-first-write.md` says why.
"""

import sqlite3
from pathlib import Path
from typing import cast

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import OperationalError

from paywall.writers import WriterQueue

BUSY_MS = 10_000
"""How long a writer waits for the others of its process, and then for those of other processes."""
_CONNECTIONS = 40
"""Enough for every serving thread: whoever had to wait for a connection would queue twice."""
_BEGIN = "BEGIN IMMEDIATE"
_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE", "DROP", "ALTER", "SAVEPOINT", "WITH")


class QueuedConnection(sqlite3.Connection):
    """A connection that takes a turn before it begins to write; the end of its transaction is the end of the turn."""

    queue: WriterQueue
    has_turn = False

    def take_turn(self) -> bool:
        """Wait until this connection may write; false if others have been writing for too long."""
        self.has_turn = self.has_turn or self.queue.enter(BUSY_MS / 1000)
        return self.has_turn

    def end_turn(self) -> None:
        """Let the next one write, if this one might."""
        if self.has_turn:
            self.has_turn = False
            self.queue.leave()

    def commit(self) -> None:
        """Commit; if that fails the transaction is still open, and so is the turn."""
        super().commit()
        self.end_turn()

    def rollback(self) -> None:
        """Undo what was written."""
        super().rollback()
        self.end_turn()

    def close(self) -> None:
        """Close, which undoes what was not committed."""
        super().close()
        self.end_turn()


def sqlite_engine(url: URL) -> Engine:
    """Return an engine for the file at `url`, whose folder is made, with a queue of its own for those who write."""
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    driver = {"isolation_level": None, "timeout": BUSY_MS / 1000, "factory": QueuedConnection}
    engine = create_engine(url, pool_size=_CONNECTIONS, hide_parameters=True, connect_args=driver)
    queue = WriterQueue()
    event.listen(engine, "connect", lambda connection, _record: _prepare(connection, queue))
    event.listen(engine, "before_cursor_execute", _begin_before_first_write)
    event.listen(engine, "savepoint", lambda connection, _name: begin_immediate(connection))
    return engine


def begin_immediate(connection: Connection) -> None:
    """Begin to write, unless that has happened; raises OperationalError if it isn't our turn in time."""
    driver = cast(QueuedConnection, connection.connection.dbapi_connection)
    if driver.in_transaction:
        return
    if not driver.take_turn():
        raise OperationalError(_BEGIN, None, sqlite3.OperationalError("database is locked by this process"))
    try:
        connection.exec_driver_sql(_BEGIN)  # by way of SQLAlchemy, whose errors callers know
    except OperationalError:
        driver.end_turn()
        raise


def _prepare(connection: QueuedConnection, queue: WriterQueue) -> None:
    connection.queue = queue
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"busy_timeout={BUSY_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_before_first_write(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
    if statement.lstrip()[:9].upper().startswith(_WRITES):
        begin_immediate(connection)
