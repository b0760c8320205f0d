"""The meter's rows in a SQLite file of its own, so that an import into the main database never holds up reading.

Plain `sqlite3`, WAL, one connection for each thread. A read is one look into the primary key (some 10 µs) and takes no
lock that a writer could hold. A swap is a single statement, which SQLite runs under its write lock: that makes it
atomic without a transaction of ours.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import local
from time import sleep
from typing import Any

from paywall.meter.store import MeterUnavailable, Row

BUSY_MS = 2_000
MAPPED_BYTES = 1 << 30
"""All threads look into one picture of the file, in place of a copy of its pages each: a fifth faster."""
SWITCHES = 100
SWEPT_AT_ONCE = 2_000

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meter_views (
    holder BLOB NOT NULL,
    window_key TEXT NOT NULL,
    packed BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (holder, window_key)
) WITHOUT ROWID
"""
_READ = "SELECT packed FROM meter_views WHERE holder = ? AND window_key = ?"
_INSERT = "INSERT INTO meter_views (packed, expires_at, holder, window_key) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
_UPDATE = "UPDATE meter_views SET packed = ?, expires_at = ? WHERE holder = ? AND window_key = ? AND packed = ?"
_DELETE = "DELETE FROM meter_views WHERE holder = ?"
_NEXT_HOLDERS = "SELECT max(holder) FROM (SELECT holder FROM meter_views WHERE holder > ? ORDER BY holder LIMIT ?)"
_SWEEP = "DELETE FROM meter_views WHERE holder > ? AND holder <= ? AND expires_at <= ?"


class SqliteRows:
    """Rows in the file at `path`, which is made, with its folder, if it is not there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mine = local()
        with _situations():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection()

    def read(self, row: Row) -> bytes | None:
        """Return the packed value, None where there is no row."""
        try:  # the hot read: written out, a context manager would take longer than the look-up
            found = self._connection().execute(_READ, (row.holder, row.window)).fetchone()
        except (sqlite3.Error, OSError) as failure:
            raise MeterUnavailable from failure
        return None if found is None else bytes(found[0])

    def swap(self, row: Row, old: bytes | None, new: bytes) -> bool:
        """Replace `old` by `new` if it is still there."""
        values: tuple[Any, ...] = (new, row.expires_at, row.holder, row.window)
        with _situations():
            if old is None:
                return self._connection().execute(_INSERT, values).rowcount == 1
            return self._connection().execute(_UPDATE, (*values, old)).rowcount == 1

    def delete(self, holder: bytes) -> None:
        """Delete the holder's rows of every window."""
        with _situations():
            self._connection().execute(_DELETE, (holder,))

    def sweep(self, now: int) -> int:
        """Delete rows that expired by the epoch second `now`; return how many.

        In short stretches of the primary key, so that no reader's view ever waits long for the write lock.
        """
        swept, reached = 0, b""
        with _situations():
            connection = self._connection()
            while following := connection.execute(_NEXT_HOLDERS, (reached, SWEPT_AT_ONCE)).fetchone()[0]:
                swept += connection.execute(_SWEEP, (reached, following, now)).rowcount
                reached = following
        return swept

    def ping(self) -> None:
        """Return if the file can be read."""
        with _situations():
            self._connection().execute(_READ, (b"", "")).fetchone()

    def _connection(self) -> sqlite3.Connection:
        """Return this thread's connection; a forked child opens its own and leaves its parent's untouched."""
        process, connection = getattr(self._mine, "opened", (None, None))
        if connection is None or process != os.getpid():
            self._mine.inherited = connection
            connection = _connect(self._path)
            self._mine.opened = (os.getpid(), connection)
        return connection


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    _switch_to_wal(connection)
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    connection.execute(f"PRAGMA mmap_size = {MAPPED_BYTES}")
    connection.execute("PRAGMA synchronous = NORMAL")  # a power cut may give back the last views, never more
    connection.execute(_SCHEMA)
    return connection


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    # a new file's first switch needs it alone, and SQLite does not wait for that: processes that start together do here
    for _ in range(SWITCHES):
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode = WAL")
            return
        sleep(BUSY_MS / 1000 / SWITCHES)
    connection.execute("PRAGMA journal_mode = WAL")


@contextmanager
def _situations() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as failure:
        raise MeterUnavailable from failure
