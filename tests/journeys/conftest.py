"""Two newspapers in one deployment, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from paywall.publishers.rules import Profile
from paywall.publishers.setup import NewPublisher, ensure_section, set_up_publisher
from paywall.publishers.tables import Publisher
from tests.billing.shop import Shop, open_shop
from tests.journeys.deployment import Newspaper


@dataclass(frozen=True)
class City:
    """What is printed in it."""

    news: Newspaper
    other: Newspaper


@pytest.fixture
def city(shop: Shop, publisher: Profile, tmp_path: Path) -> City:
    with shop.database.writing() as session:
        row = set_up_publisher(session, NewPublisher("other", "The Other", "other.test", visitor_allowance=2))
        ensure_section(session, row, "news", "News")
        ensure_section(session, session.get_one(Publisher, publisher.id), "sport", "Sport")
        other_id = row.id
    news = Newspaper(shop, publisher.id, "news.test", tmp_path / "news")
    other = Newspaper(shop, other_id, "other.test", tmp_path / "other")
    return City(news, other)


@pytest.fixture
def news(city: City) -> Newspaper:
    """The newspaper at news.test: visitors may open 3 articles, readers 5."""
    return city.news


@pytest.fixture
def other(city: City) -> Newspaper:
    """The newspaper at other.test: visitors may open 2 articles."""
    return city.other


@pytest.fixture
def shop(database_url: str, publisher: Profile, tmp_path: Path) -> Iterator[Shop]:
    made = open_shop(database_url, publisher, tmp_path)
    yield made
    assert made.transport.caught == []
    made.sandbox.close()
    made.product.database.close()
