"""Databases whose statements are compiled once: SQLAlchemy keeps what it compiled for each engine.

A served process makes one engine, a session of tests one for nearly each test. All of one kind now share what was
compiled; that they are of one kind is their driver's class.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

from paywall import database

STATEMENTS = 5_000


@pytest.fixture(scope="session", autouse=True)
def quick_databases() -> Iterator[None]:
    """Compile each statement once for each kind of database."""
    patch = pytest.MonkeyPatch()
    for dialect in (PGDialect_psycopg, SQLiteDialect_pysqlite):  # part of the key of what was compiled
        patch.setattr(dialect, "__eq__", lambda one, other: type(one) is type(other))
        patch.setattr(dialect, "__hash__", lambda one: hash(type(one)))
    patch.setattr(database, "make_engine", _compiling_once(database.make_engine))
    yield
    patch.undo()


def _compiling_once(make_engine: Callable[[str], Engine]) -> Callable[[str], Engine]:
    compiled: dict[str, LRUCache[Any, Any]] = defaultdict(lambda: LRUCache(STATEMENTS))

    def make(url: str) -> Engine:
        engine = make_engine(url)
        engine._compiled_cache = compiled[engine.dialect.name]
        return engine

    return make
