"""The product with two newspapers, on SQLite and on PostgreSQL; each test finds it without readers."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from paywall.app import Product
from paywall.web import limits
from tests.databases import ENGINES
from tests.emptying import forget_rows, unguarded
from tests.readers.browser import Browser
from tests.readers.papers import two_papers

KEPT = {"publishers", "publisher_hosts", "meters", "sections"}


@pytest.fixture(scope="session", params=ENGINES)
def shared_product(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with two_papers(_database_url(request, tmp_path_factory.mktemp("readers"))) as product:
        yield product


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
