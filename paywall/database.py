"""The database: engine, session, and one commit at the edge of a request.

The same code runs on SQLite and PostgreSQL. On SQLite the driver is in autocommit: reads open no transaction, and
`BEGIN IMMEDIATE` is sent just before the first statement that writes, so the single writer lock is never held while a
request hashes, renders or waits for the network. The threads of one process take turns at it (`paywall.writers`). The
price: a value read before that point may be stale by then, so a change that depends on what was read belongs into
`Database.writing()`, or into arithmetic done by SQL.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any, ClassVar, cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Dialect,
    Engine,
    Executable,
    Integer,
    MetaData,
    SQLColumnExpression,
    Table,
    create_engine,
    func,
    literal,
    make_url,
    text,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session, scoped_session, sessionmaker
from sqlalchemy.types import TypeDecorator

from paywall.errors import DatabaseUnavailable
from paywall.sqlite import begin_immediate, sqlite_engine


class Base(DeclarativeBase):
    """The mother of all tables; constraint names are fixed so that migrations can name them."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {int: BigInteger().with_variant(Integer(), "sqlite")}
    """Numbers never run out on PostgreSQL; SQLite's own are as wide, and count by themselves only as INTEGER."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware going in, aware UTC coming out, on either database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; a naive value is a programming error and raises ValueError."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "a time without a zone can't be stored"
            raise ValueError(msg)
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """One engine and its sessions, safe to share between threads."""

    def __init__(self, url: str) -> None:
        """Open nothing yet: the first use connects. `url` is SQLAlchemy's form, `sqlite:///…` or `postgresql://…`."""
        self.engine = make_engine(url)
        self._factory = sessionmaker(self.engine, expire_on_commit=False)
        self.session: scoped_session[Session] = scoped_session(self._factory)
        """The session of the current thread: a request's, or a command's. Committed at its edge."""

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Hold a short write transaction of its own, open from before the first read; commits at the end.

        For changes that depend on what they read. Never hash, render or call out inside, and never open it while the
        current thread's `session` has written and not committed.
        """
        with self._factory() as session, session.begin():
            if self.is_sqlite:
                begin_immediate(session.connection())
            yield session

    @contextmanager
    def adding(self) -> Iterator[Connection]:
        """Hold a short write transaction that begins with its first statement; commits at the end.

        For what writes without having read, and often: there is no session around it, and on SQLite the writer's lock
        is held for no longer than the statement takes.
        """
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Hold a short session of its own that only reads."""
        with self._factory() as session:
            yield session

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """Hold a connection for a single read, where a session around it would cost more than the read."""
        with self.engine.connect() as connection:
            yield connection

    @property
    def is_sqlite(self) -> bool:
        """True where the single-writer rules of SQLite hold."""
        return self.engine.dialect.name == "sqlite"

    def ping(self) -> None:
        """Raise DatabaseUnavailable unless the database answers."""
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except (DBAPIError, OSError) as error:
            raise DatabaseUnavailable from error

    def close(self) -> None:
        """Let go of every connection."""
        self.session.remove()
        self.engine.dispose()


def make_engine(url: str) -> Engine:
    """Return an engine for `url`, with what each database needs already set; its errors repeat no values (logs)."""
    parsed = psycopg_url(url)
    if parsed.get_backend_name() == "sqlite":
        return sqlite_engine(parsed)
    return create_engine(
        parsed,
        pool_size=10,
        max_overflow=10,
        pool_timeout=5,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"connect_timeout": 3, "application_name": "paywall"},
    )


def psycopg_url(url: str) -> URL:
    """Return `url` parsed, with psycopg 3 as PostgreSQL's driver whatever spelling was used."""
    parsed = make_url(url)
    if parsed.drivername in ("postgres", "postgresql"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed


def sum_of(column: SQLColumnExpression[int]) -> ColumnElement[int]:
    """Return the sum of whole numbers, 0 of none, as a whole number: PostgreSQL makes decimals of large ones."""
    return sql_cast(func.coalesce(func.sum(column), 0), BigInteger)


def insert_once(transaction: Session | Connection, table: type[Base], values: dict[str, object]) -> bool:
    """Insert a row unless one of its unique keys is taken; returns whether it was new."""
    bind = transaction if isinstance(transaction, Connection) else transaction.get_bind()
    return bool(transaction.execute(_insert_unless_there(table, bind.dialect.name), values).first())


def insert_all_once(session: Session, key: InstrumentedAttribute[Any], rows: Sequence[dict[str, object]]) -> set[Any]:
    """Insert rows of the table of `key`, each as `insert_once` does; returns the `key`s of those that were new."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(cast(Table, key.class_.__table__)).on_conflict_do_nothing().returning(key)
    return set(session.execute(statement, rows).scalars()) if rows else set()


@cache
def _insert_unless_there(table: type[Base], dialect_name: str) -> Executable:
    """Return the statement, made once: to make it takes longer than to run it."""
    insert = sqlite.insert if dialect_name == "sqlite" else postgresql.insert
    statement: Executable = insert(cast(Table, table.__table__)).on_conflict_do_nothing().returning(literal(1))
    return statement


def is_unreachable(error: BaseException) -> bool:
    """Tell a database that can't be reached (or is too busy) from a statement that is wrong."""
    return isinstance(error, OperationalError) or (isinstance(error, DBAPIError) and error.connection_invalidated)
