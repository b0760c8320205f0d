"""The product with two newspapers, on SQLite and on PostgreSQL; each test finds it without readers."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from paywall import schema
from paywall.app import Product, create_product
from paywall.database import Base
from paywall.publishers.setup import NewPublisher, set_up_publisher
from paywall.settings import Environment, Settings
from paywall.web import limits
from tests.databases import ENGINES
from tests.emptying import forget_rows, unguarded
from tests.readers.browser import Browser

KEPT = {"publishers", "publisher_hosts", "meters", "sections"}


@pytest.fixture(scope="session", params=ENGINES)
def shared_product(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    url = _database_url(request, tmp_path_factory.mktemp("readers"))
    settings = Settings(
        secret_key="0123456789abcdef" * 2, base_url="https://news.test", env=Environment.TEST, database_url=url
    )
    schema.load_tables()
    product = create_product(settings)
    Base.metadata.create_all(product.database.engine)
    with product.database.writing() as session:
        for slug in ("news", "other"):
            set_up_publisher(session, NewPublisher(slug, f"The {slug.title()}", f"{slug}.test"))
    yield product
    product.database.close()


@pytest.fixture
def product(shared_product: Product) -> Product:
    with shared_product.database.writing() as session, unguarded(session):
        forget_rows(session, KEPT)
    limits.install(shared_product.flask, None)
    return shared_product


@pytest.fixture
def browser(product: Product) -> Browser:
    return Browser(product.flask)


@pytest.fixture
def new_browser(product: Product) -> Callable[..., Browser]:
    def make(**where: Any) -> Browser:
        return Browser(product.flask, **where)

    return make


def _database_url(request: pytest.FixtureRequest, folder: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{folder / 'paywall.sqlite3'}"
    new_url: Callable[[], str] = request.getfixturevalue("new_postgres_url")
    return new_url()
