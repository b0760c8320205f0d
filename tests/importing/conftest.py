"""A newspaper on either database, and somebody who imports."""

import pytest

from paywall.database import Database
from paywall.publishers.rules import Profile
from tests.importing.files import Desk


@pytest.fixture
def desk(database: Database, publisher: Profile) -> Desk:
    return Desk(database, publisher)
