"""One world for each engine and session: the tests of the list only look at it."""

from collections.abc import Iterator

import pytest

from paywall.database import Database
from tests.admin.subscribers.naive import Person, people_of
from tests.admin.subscribers.world import World, build
from tests.databases import ENGINES, make_tables


@pytest.fixture(scope="session", params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A publication and its neighbour, on SQLite and on PostgreSQL."""
    url = f"sqlite:///{tmp_path_factory.mktemp('list') / 'world.sqlite3'}"
    if request.param == "postgres":
        url = request.getfixturevalue("new_postgres_url")()
    make_tables(url)
    database = Database(url)
    yield build(database)
    database.close()


@pytest.fixture(scope="session")
def people(world: World) -> list[Person]:
    """Everybody in it, with all they have."""
    return people_of(world)
