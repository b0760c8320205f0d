"""A newspaper with a reader, and something on this machine that listens."""

from collections.abc import Iterator

import pytest

from paywall.database import Database
from paywall.publishers.rules import Profile
from tests.billing.stripe_world import add_reader
from tests.outgoing.receiver import Receiver, receiving
from tests.telling.newspaper import Newspaper


@pytest.fixture
def newspaper(database: Database, publisher: Profile) -> Newspaper:
    """Tells whoever listens on this machine, on each database."""
    return Newspaper(database, publisher.id, add_reader(database, publisher.id, "reader@example.org"))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Takes everything."""
    with receiving() as made:
        yield made
