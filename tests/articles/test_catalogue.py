"""What the catalogue answers from memory, and what it never asks a database."""

import pytest

from paywall.articles.catalogue import Catalogue
from paywall.database import Database
from paywall.publishers.rules import Profile


@pytest.mark.parametrize("name", ["\0", "a\0b", "\ud800", "a\udfff"])
def test_a_name_that_no_article_can_have_names_nothing(database: Database, publisher: Profile, name: str) -> None:
    catalogue = Catalogue(database)
    found = [ask(publisher.id, name) for ask in (catalogue.card, catalogue.by_key, catalogue.by_url)]
    assert found == [None, None, None]
