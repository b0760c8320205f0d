"""One newspaper for each engine and session: each example writes its own books into it."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from paywall.database import Database
from paywall.publishers.profiles import read_profile
from paywall.publishers.rules import Profile
from paywall.publishers.setup import NewPublisher, set_up_publisher
from tests.databases import ENGINES, make_tables


class Paper(NamedTuple):
    database: Database
    profile: Profile


@pytest.fixture(scope="package", params=ENGINES)
def paper(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paper]:
    """A newspaper in Berlin, where a day may have 23 hours, on SQLite and on PostgreSQL."""
    url = f"sqlite:///{tmp_path_factory.mktemp('business') / 'paper.sqlite3'}"
    if request.param == "postgres":
        url = request.getfixturevalue("new_postgres_url")()
    make_tables(url)
    database = Database(url)
    with database.writing() as session:
        number = set_up_publisher(session, NewPublisher("news", "The News", "news.test", "Europe/Berlin")).id
    with database.reading() as session:
        profile = read_profile(session, number)
    yield Paper(database, profile)
    database.close()
