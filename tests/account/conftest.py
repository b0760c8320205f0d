"""A reader in front of a browser, a newspaper, and a stand-in Stripe."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from paywall.app import create_product
from paywall.billing import parts
from paywall.billing.syncing.sync import sync_subscription
from paywall.database import Database
from paywall.publishers.rules import Profile
from paywall.readers.finding import reader_by_email
from paywall.readers.tables import Reader
from paywall.settings import Environment, Settings
from tests.billing.stripe_world import World, make_world
from tests.readers.browser import Browser


@dataclass
class Home:
    """A signed-in reader and all that may happen to it."""

    world: World
    browser: Browser
    reader: Reader

    def subscribe(self, card: str = "pm_card_visa") -> tuple[str, str]:
        """Subscribe and sync; returns customer and subscription."""
        customer = self.world.customer(self.reader.id, card)
        stripe_id = self.world.subscribe(customer)
        sync_subscription(self.world.billing, stripe_id)
        return customer, stripe_id

    def account(self) -> str:
        answer = self.browser.get("/account")
        assert answer.status_code == 200
        return answer.text


@pytest.fixture
def home(database: Database, database_url: str, publisher: Profile, tmp_path: Path) -> Iterator[Home]:
    world = make_world(database, publisher, tmp_path)
    settings = Settings(
        secret_key="0123456789abcdef" * 2, base_url="https://news.test", env=Environment.TEST, database_url=database_url
    )
    product = create_product(settings)
    parts.install(product.flask, world.billing)
    browser = Browser(product.flask)
    browser.sign_up("leyla@example.org")
    with database.reading() as session:
        reader = reader_by_email(session, publisher.id, "leyla@example.org")
    assert reader
    yield Home(world, browser, reader)
    world.sandbox.close()
    product.database.close()
