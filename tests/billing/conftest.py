"""What the tests of billing may ask for by name."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from paywall.database import Database
from paywall.publishers.rules import Profile
from tests.billing.shop import Shop, open_shop
from tests.billing.stripe_world import World, make_world
from tests.quick_passwords import quick_passwords

__all__ = ["quick_passwords"]


@pytest.fixture
def world(database: Database, publisher: Profile, tmp_path: Path) -> Iterator[World]:
    """A newspaper with a stand-in Stripe, on each database."""
    made = make_world(database, publisher, tmp_path)
    yield made
    made.sandbox.close()


@pytest.fixture
def shop(database_url: str, publisher: Profile, tmp_path: Path) -> Iterator[Shop]:
    """The product and a stand-in Stripe, on each database; nobody may ask Stripe with a connection in hand."""
    made = open_shop(database_url, publisher, tmp_path)
    yield made
    assert made.transport.caught == []
    made.sandbox.close()
    made.product.database.close()
