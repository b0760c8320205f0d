"""Where the sandbox keeps its objects: one SQLite file, shared by threads and processes.

An object is stored as the JSON it is answered as, beside a `private` JSON that never leaves the sandbox (which test
card it was, an endpoint's secret), the test clock it lives by (none: business time) and the time of that clock at which
something falls due on it. Times are whole seconds since 1970.
"""

import json
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from paywall.sandbox.state.shapes import Json

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  created INTEGER NOT NULL,
  body TEXT NOT NULL,
  private TEXT NOT NULL,
  due_at INTEGER,
  clock TEXT,
  deleted INTEGER NOT NULL DEFAULT 0,
  customer TEXT GENERATED ALWAYS AS (json_extract(body, '$.customer')) VIRTUAL,
  subscription TEXT GENERATED ALWAYS AS (coalesce(
    json_extract(body, '$.subscription'), json_extract(body, '$.parent.subscription_details.subscription'))) VIRTUAL
);
CREATE INDEX IF NOT EXISTS objects_kind ON objects (kind, seq);
CREATE INDEX IF NOT EXISTS objects_customer ON objects (customer, kind) WHERE customer IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_subscription ON objects (subscription, kind) WHERE subscription IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_invoice ON objects (kind, json_extract(body, '$.invoice'));
CREATE INDEX IF NOT EXISTS objects_intent ON objects (kind, json_extract(body, '$.payment_intent'));
CREATE INDEX IF NOT EXISTS objects_email ON objects (kind, json_extract(body, '$.email'));
CREATE INDEX IF NOT EXISTS objects_turns ON objects (clock, due_at, seq) WHERE due_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS idempotency (
  key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, begun_at INTEGER NOT NULL, owner TEXT NOT NULL,
  status INTEGER, body TEXT, request_id TEXT
);
CREATE TABLE IF NOT EXISTS deliveries (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, endpoint TEXT NOT NULL, state TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, due_at INTEGER NOT NULL, give_up_at INTEGER NOT NULL, claimed_until INTEGER,
  last_status INTEGER
);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, due_at, seq);
CREATE INDEX IF NOT EXISTS deliveries_state ON deliveries (state, seq);
CREATE INDEX IF NOT EXISTS deliveries_event ON deliveries (event);
"""

_ADDED = (("objects", "clock TEXT"), ("deliveries", "last_status INTEGER"))


class Store:
    """One connection for each process, used by one thread at a time; writers of several processes queue at SQLite."""

    def __init__(self, path: Path | str) -> None:
        """Remember the path; the file is opened (and made) at the first use, so a fork never shares a connection."""
        self.path = str(path)
        self._lock = threading.RLock()
        self._process: int | None = None
        self._connection: sqlite3.Connection | None = None

    @contextmanager
    def transaction(self, *, write: bool) -> Iterator[None]:
        """Run the block in one transaction; it is undone if the block raises. Must not be nested."""
        with self._lock:
            connection = self._open()
            connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            try:
                yield
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """Run one statement inside the transaction and return its rows."""
        return self._open().execute(sql, parameters).fetchall()

    def get(self, kind: str, identifier: object) -> Json | None:
        """Return a copy of the object, deleted or not, or None."""
        rows = self.execute("SELECT body FROM objects WHERE id = ? AND kind = ?", (str(identifier), kind))
        return self._body(rows[0]) if rows else None

    def private(self, identifier: str) -> Json:
        """Return what only the sandbox knows of an object."""
        rows = self.execute("SELECT private AS body FROM objects WHERE id = ?", (identifier,))
        return self._body(rows[0]) if rows else {}

    def insert(
        self, body: Json, private: Json | None = None, due_at: int | None = None, clock: str | None = None
    ) -> None:
        """Store a new object."""
        self.execute(
            "INSERT INTO objects (id, kind, created, body, private, due_at, clock) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (body["id"], body["object"], _made_at(body), json.dumps(body), json.dumps(private or {}), due_at, clock),
        )

    def replace(self, body: Json) -> None:
        """Store the new state of an object."""
        self.execute("UPDATE objects SET body = ? WHERE id = ?", (json.dumps(body), body["id"]))

    def clock_of(self, identifier: object) -> str | None:
        """Return the test clock that an object lives by, None for business time."""
        rows = self.execute("SELECT clock FROM objects WHERE id = ?", (str(identifier),))
        return rows[0]["clock"] if rows else None

    def set_private(self, identifier: str, private: Json) -> None:
        """Store what only the sandbox knows of an object."""
        self.execute("UPDATE objects SET private = ? WHERE id = ?", (json.dumps(private), identifier))

    def set_due(self, identifier: str, due_at: int | None) -> None:
        """Say when something next falls due on an object; None for never."""
        self.execute("UPDATE objects SET due_at = ? WHERE id = ?", (due_at, identifier))

    def next_due(self, clock: str | None, until: int) -> tuple[str, str, int] | None:
        """Return kind, id and second of what falls due first by this clock, None if nothing does until then."""
        sql = "SELECT kind, id, due_at FROM objects WHERE clock IS ? AND due_at <= ? ORDER BY due_at, seq LIMIT 1"
        rows = self.execute(sql, (clock, until))
        return (rows[0]["kind"], rows[0]["id"], rows[0]["due_at"]) if rows else None

    def delete(self, body: Json) -> None:
        """Leave only Stripe's stub of a deleted object: it can be retrieved but is in no list."""
        stub = {"id": body["id"], "object": body["object"], "deleted": True}
        self.execute(
            "UPDATE objects SET body = ?, deleted = 1, due_at = NULL WHERE id = ?", (json.dumps(stub), body["id"])
        )

    def select(self, kind: str, where: str = "1", parameters: Sequence[Any] = (), *, tail: str = "") -> list[Json]:
        """Return the living objects of a kind for which a condition holds, newest first unless `tail` says else."""
        sql = f"SELECT body FROM objects WHERE kind = ? AND deleted = 0 AND {where} {tail or 'ORDER BY seq DESC'}"  # noqa: S608
        return [self._body(row) for row in self.execute(sql, (kind, *parameters))]

    def close(self) -> None:
        """Close this process's connection."""
        with self._lock:
            if self._connection is not None and self._process == os.getpid():
                self._connection.close()
            self._connection = None

    def _open(self) -> sqlite3.Connection:
        if self._connection is None or self._process != os.getpid():
            self._connection = self._connect()
            self._process = os.getpid()
        return self._connection

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=30, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        _add_columns(connection)
        for statement in _SCHEMA.split(";\n"):
            connection.execute(statement)
        return connection

    @staticmethod
    def _body(row: sqlite3.Row) -> Json:
        body: Json = json.loads(row["body"])
        return body


def _made_at(body: Json) -> int:
    """Return when an object was made; a discount calls that `start` and an invoice item `date`."""
    return int(next(body[name] for name in ("created", "start", "date") if name in body))


def _add_columns(connection: sqlite3.Connection) -> None:
    """Bring a file that an earlier version made to today's columns."""
    for table, column in _ADDED:
        known = [row["name"] for row in connection.execute(f"PRAGMA table_info({table})")]
        if known and column.split()[0] not in known:
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
