"""A product with two newspapers, `news` and `other`, and nobody in them yet; one for each engine and session."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from paywall import schema
from paywall.app import Product, create_product
from paywall.database import Base
from paywall.publishers.setup import NewPublisher, set_up_publisher
from paywall.settings import Environment, Settings
from tests.databases import ENGINES


@contextmanager
def two_papers(database_url: str) -> Iterator[Product]:
    """Make the tables in an empty database, and the newspapers; the product is closed behind."""
    settings = Settings(
        secret_key="0123456789abcdef" * 2,
        base_url="https://news.test",
        env=Environment.TEST,
        database_url=database_url,
    )
    schema.load_tables()
    product = create_product(settings)
    Base.metadata.create_all(product.database.engine)
    with product.database.writing() as session:
        for slug in ("news", "other"):
            set_up_publisher(session, NewPublisher(slug, f"The {slug.title()}", f"{slug}.test"))
    yield product
    product.database.close()


@pytest.fixture(scope="session", params=ENGINES)
def shared_product(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """What `product` of each folder gives its tests, emptied of readers before each."""
    with two_papers(_database_url(request, tmp_path_factory.mktemp("readers"))) as product:
        yield product


def _database_url(request: pytest.FixtureRequest, folder: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{folder / 'paywall.sqlite3'}"
    new_url: Callable[[], str] = request.getfixturevalue("new_postgres_url")
    return new_url()
