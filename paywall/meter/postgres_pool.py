"""A handful of PostgreSQL connections for the meter, shared by the threads of one process.

Not SQLAlchemy's: an autocommitting driver connection with its timeouts set answers the hot read in one round trip.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from paywall.meter.store import MeterUnavailable
from paywall.meter.turnstile import Turnstile

MOST_CONNECTIONS = 16
CONNECT_SECONDS = 2
ANSWER_MS = 2_000

_SETTINGS = (
    f"SET statement_timeout = {ANSWER_MS}",
    "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED",
)

Found = tuple[Any, ...]


@dataclass(slots=True)
class _Connections:
    """The connections of one process: those not in use, and the way to more."""

    process: int = field(default_factory=os.getpid)
    idle: list[psycopg.Connection] = field(default_factory=list)
    turnstile: Turnstile = field(default_factory=lambda: Turnstile(MOST_CONNECTIONS))

    def take(self) -> psycopg.Connection | None:
        """Return a connection that is not in use, None if there is none."""
        try:
            return self.idle.pop()
        except IndexError:
            return None

    def give_back(self, connection: psycopg.Connection) -> None:
        """Keep the connection for the next one, unless it died or stopped half-way."""
        if connection.info.transaction_status is TransactionStatus.IDLE:
            self.idle.append(connection)
        else:
            connection.close()


class PostgresPool:
    """Up to 16 connections to the database that `conninfo` names, opened when they are needed."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._connections = _Connections()
        self._inherited: list[_Connections] = []

    def run(self, statement: str, values: tuple[object, ...]) -> tuple[int, Found | None]:
        """Run one statement; return how many rows it touched, and the first row it gave.

        A connection that turns out to have died is replaced once, so a restarted server goes unnoticed. Raises
        MeterUnavailable when there is no answer.
        """
        try:
            with self._connection() as connection:
                try:
                    return _execute(connection, statement, values)
                except psycopg.OperationalError:
                    if not connection.closed:
                        raise
            with self._connection(fresh=True) as connection:
                return _execute(connection, statement, values)
        except psycopg.Error as failure:
            raise MeterUnavailable from failure

    @contextmanager
    def _connection(self, *, fresh: bool = False) -> Iterator[psycopg.Connection]:
        mine = self._of_this_process()
        if not mine.turnstile.enter(timeout=ANSWER_MS / 1000):
            raise MeterUnavailable
        try:
            connection = self._connect() if fresh else mine.take() or self._connect()
            try:
                yield connection
            finally:
                mine.give_back(connection)
        finally:
            mine.turnstile.leave()

    def _of_this_process(self) -> _Connections:
        """Return this process's connections; a forked child keeps its parent's unused and unclosed."""
        if self._connections.process != os.getpid():
            self._inherited.append(self._connections)
            self._connections = _Connections()
        return self._connections

    def _connect(self) -> psycopg.Connection:
        connection = psycopg.connect(
            self._conninfo, autocommit=True, connect_timeout=CONNECT_SECONDS, tcp_user_timeout=ANSWER_MS
        )
        for setting in _SETTINGS:
            connection.execute(setting)
        return connection


def _execute(connection: psycopg.Connection, statement: str, values: tuple[object, ...]) -> tuple[int, Found | None]:
    cursor = connection.execute(statement.encode(), values, prepare=True)
    return cursor.rowcount, cursor.fetchone() if cursor.description else None
