"""The product with two newspapers, on SQLite and on PostgreSQL; each test finds it without readers."""

from collections.abc import Callable
from typing import Any

import pytest

from paywall.app import Product
from paywall.web import limits
from tests.emptying import forget_rows, unguarded
from tests.readers.browser import Browser

KEPT = {"publishers", "publisher_hosts", "meters", "sections"}


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
