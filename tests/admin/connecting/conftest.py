"""The product with two newspapers, and an admin of one of them."""

import pytest

from paywall.app import Product
from paywall.staff.rules import Role
from tests.readers.conftest import product
from tests.staff.people import Person, member

__all__ = ["product"]


@pytest.fixture
def admin(product: Product) -> Person:
    return member(product, Role.ADMIN)
