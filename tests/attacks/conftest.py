"""The whole product on SQLite, with a newspaper of every access level and a second publisher on the same deployment."""

from collections.abc import Iterator

import pytest

from paywall.app import Product, create_product
from paywall.database import Database
from paywall.publishers.profiles import read_profile
from paywall.publishers.rules import Profile
from paywall.publishers.setup import NewPublisher, ensure_section, set_up_publisher
from paywall.settings import Environment, Settings
from tests.gate.conftest import an_article
from tests.gate.visits import LEVELS, Browser

METERED = 10
HOSTS = {"news": "news.test", "rival": "rival.test"}


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """A database with two publishers, allowances 3 and 5, and articles of each level at either."""
    database = Database(sqlite_url)
    for slug, host in HOSTS.items():
        new = NewPublisher(slug, f"The {slug}", host, "Asia/Baku", visitor_allowance=3, reader_allowance=5)
        with database.writing() as session:
            row = set_up_publisher(session, new)
            ensure_section(session, row, "news", "News")
            for level in LEVELS:
                for number in range(METERED if (slug, level) == ("news", "metered") else 2):
                    session.add(an_article(row.id, f"{level}-{number}", access=level))
    yield database
    database.close()


@pytest.fixture
def publisher(database: Database) -> Profile:
    with database.reading() as session:
        return read_profile(session, 1)


@pytest.fixture
def product(database: Database) -> Iterator[Product]:
    url = database.engine.url.render_as_string()
    settings = Settings(
        secret_key="0123456789abcdef" * 2, base_url="https://news.test", env=Environment.TEST, database_url=url
    )
    product = create_product(settings)
    product.follower.poll()
    yield product
    product.database.close()


@pytest.fixture
def browser(product: Product) -> Browser:
    return Browser(product.flask)


@pytest.fixture
def rival(product: Product) -> Browser:
    """A browser at the other publisher's site."""
    return Browser(product.flask, host="rival.test")
