"""A product database for each test, on SQLite and on PostgreSQL: the same test runs on both.

`database` is a fresh `Database` with all tables; `publisher` a newspaper in it, at the host `news.test`.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from paywall import schema
from paywall.database import Base, Database
from paywall.publishers.profiles import read_profile
from paywall.publishers.rules import Profile
from paywall.publishers.setup import NewPublisher, ensure_section, set_up_publisher

ENGINES = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgres", id="postgres", marks=pytest.mark.postgres),
]


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a database with every table and no rows; a test that asks for it runs twice, on each engine."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("sqlite_url"))
    reused: ReusedPostgres = request.getfixturevalue("reused_postgres")
    return reused.emptied()


@pytest.fixture
def sqlite_url(sqlite_with_tables: Path, tmp_path: Path) -> str:
    """The address of a SQLite file with every table and no rows, for what one engine is enough for."""
    shutil.copy(sqlite_with_tables, tmp_path / "paywall.sqlite3")
    return f"sqlite:///{tmp_path / 'paywall.sqlite3'}"


@pytest.fixture(params=ENGINES)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without a table, on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    new_url: Callable[[], str] = request.getfixturevalue("new_postgres_url")
    return new_url()


@pytest.fixture(scope="session")
def sqlite_with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with every table, to be copied: quicker than making them for each test."""
    path = tmp_path_factory.mktemp("template") / "tables.sqlite3"
    make_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def reused_postgres(new_postgres_url: Callable[[], str]) -> "ReusedPostgres":
    """One database for many tests, emptied in between."""
    return ReusedPostgres(new_postgres_url)


class ReusedPostgres:
    """Empties one database for each test: far quicker than making another. A broken one is replaced.

    Deleting few rows is ten times as quick as truncating seventy tables; large ones are truncated all the same.
    """

    def __init__(self, new_url: Callable[[], str]) -> None:
        self._new_url = new_url
        self._url: str | None = None

    def emptied(self) -> str:
        """Return the address of a database with every table and no rows."""
        if self._url is None or not self._empty(self._url):
            self._url = self._new_url()
            make_tables(self._url)
        return self._url

    def _empty(self, url: str) -> bool:
        try:
            with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
                connection.execute(_EMPTY)
        except psycopg.Error:  # a test has changed its tables, or stopped the server
            return False
        return True


_EMPTY = """
DO $$
DECLARE
    used record;
BEGIN
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    SET session_replication_role = replica;  -- the audit refuses even this
    FOR used IN
        SELECT oid::regclass AS name, pg_relation_size(oid) AS size FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0
    LOOP
        IF used.size > 262144 THEN
            EXECUTE format('TRUNCATE %s CASCADE', used.name);
        ELSE
            EXECUTE format('DELETE FROM %s', used.name);
        END IF;
    END LOOP;
    PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
        FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$
"""


def make_tables(url: str) -> None:
    """Make every table of the product."""
    schema.load_tables()
    database = Database(url)
    Base.metadata.create_all(database.engine)
    database.close()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with every table and no rows."""
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def publisher(database: Database) -> Profile:
    """A newspaper at `news.test` with one section, allowances 3 and 5, in Baku's time zone."""
    new = NewPublisher("news", "The News", "news.test", "Asia/Baku", visitor_allowance=3, reader_allowance=5)
    with database.writing() as session:
        row = set_up_publisher(session, new)
        ensure_section(session, row, "news", "News")
    with database.reading() as session:
        return read_profile(session, row.id)
