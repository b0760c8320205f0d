"""A folder and a catalogue, on SQLite and on PostgreSQL."""

from pathlib import Path

import pytest

from paywall.database import Database
from paywall.publishers.rules import Profile
from tests.articles.sources import Source


@pytest.fixture
def source(database: Database, publisher: Profile, tmp_path: Path) -> Source:
    folder = tmp_path / "articles"
    folder.mkdir()
    return Source(database, publisher, folder)
