"""A product database for each test, on SQLite and on PostgreSQL: the same test runs on both.

`database` is a fresh `Database` with all tables; `publisher` a newspaper in it, at the host `news.test`.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

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
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database; a test that asks for it runs twice, once on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'paywall.sqlite3'}"
    new_url: Callable[[], str] = request.getfixturevalue("new_postgres_url")
    return new_url()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with every table and no rows."""
    schema.load_tables()
    database = Database(database_url)
    Base.metadata.create_all(database.engine)
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
