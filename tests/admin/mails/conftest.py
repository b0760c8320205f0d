"""The product with two newspapers, as the readers' tests have it, and staff of one."""

import pytest

from paywall.app import Product
from paywall.staff.rules import Role
from tests.readers.conftest import product, shared_product
from tests.staff.people import Person, member

__all__ = ["product", "shared_product"]


@pytest.fixture
def viewer(product: Product) -> Person:
    return member(product, Role.VIEWER)


@pytest.fixture
def admin(product: Product) -> Person:
    return member(product, Role.ADMIN)
