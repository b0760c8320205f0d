"""A newspaper that sells one plan, with a stand-in Stripe; nobody may ask it with a connection in hand."""

import pytest

from paywall.staff.rules import Role
from tests.billing.conftest import shop
from tests.billing.shop import Shop
from tests.staff.people import Person, member

__all__ = ["shop"]


@pytest.fixture
def admin(shop: Shop) -> Person:
    return member(shop.product, Role.ADMIN)
