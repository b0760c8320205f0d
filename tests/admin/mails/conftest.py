"""The product with two newspapers, as the readers' tests have it, and staff of one."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from paywall.app import Product
from paywall.publishers.ruling.languages import set_language
from paywall.publishers.tables import Publisher
from paywall.staff.rules import Role
from tests.admin.heard import hear_all
from tests.readers.conftest import product as whole_product
from tests.staff.people import Person, member

__all__ = ["whole_product"]


@pytest.fixture
def product(whole_product: Product) -> Iterator[Product]:
    yield whole_product
    with whole_product.database.writing() as session:
        for publisher_id in session.scalars(select(Publisher.id)):
            set_language(session, publisher_id, "en", actor="test")
    hear_all(whole_product)


@pytest.fixture
def viewer(product: Product) -> Person:
    return member(product, Role.VIEWER)


@pytest.fixture
def admin(product: Product) -> Person:
    return member(product, Role.ADMIN)
