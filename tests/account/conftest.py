"""A reader in front of a browser, a newspaper, and a stand-in Stripe."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from paywall import clock
from paywall.app import create_product
from paywall.audit import AuditEntry
from paywall.billing import parts
from paywall.billing.catalogue.money import Money
from paywall.billing.catalogue.plans import Interval
from paywall.billing.catalogue.putting_on_sale import NewPlan, NewPrice, set_up_plan
from paywall.billing.checkout.tables import keep_customer
from paywall.billing.setting_up.account import set_up_stripe
from paywall.billing.syncing.sync import sync_subscription
from paywall.database import Database
from paywall.publishers.rules import Profile
from paywall.publishers.tables import Publisher
from paywall.readers.finding import reader_by_email
from paywall.readers.tables import Reader
from paywall.settings import Environment, Settings
from tests.billing.stripe_world import LOOKUP_KEY, World, make_world
from tests.quick_passwords import quick_passwords
from tests.readers.browser import Browser

__all__ = ["quick_passwords"]


@dataclass
class Home:
    """A signed-in reader and all that may happen to it."""

    world: World
    browser: Browser
    reader: Reader
    clock: pytest.MonkeyPatch

    def subscribe(self, card: str = "pm_card_visa") -> tuple[str, str]:
        """Subscribe and sync; returns customer and subscription."""
        customer = self.world.customer(self.reader.id, card)
        stripe_id = self.world.subscribe(customer)
        sync_subscription(self.world.billing, stripe_id)
        return customer, stripe_id

    def tries(self, days: int) -> None:
        """Subscribe with a trial and sync."""
        customer = self.world.customer(self.reader.id)
        self.began(self.world.subscribe(customer, trial_period_days=days))

    def began(self, stripe_id: str) -> str:
        """Sync a subscription that has begun at Stripe."""
        sync_subscription(self.world.billing, stripe_id)
        return stripe_id

    def owns(self, customer: str) -> None:
        """Note a customer at Stripe for the reader's."""
        with self.world.database.writing() as session:
            keep_customer(session, self.reader.publisher_id, self.reader.id, customer, clock.wall())

    def sells(self, plan: str, minor: int, interval: Interval = Interval.MONTH, tax_note: str = "") -> str:
        """Put another plan on sale, at Stripe too; returns its price's lookup key."""
        new = NewPlan(plan, plan.capitalize(), "", (NewPrice(interval, Money(minor, "AZN"), tax_note=tax_note),))
        with self.world.database.writing() as session:
            set_up_plan(session, session.get_one(Publisher, self.reader.publisher_id), new)
        gateway = self.world.billing.gateway
        set_up_stripe(self.world.database, gateway, self.world.publisher, None)
        self.world.price_id = gateway.find_prices([LOOKUP_KEY])[LOOKUP_KEY]["id"]
        return f"news:{plan}:{interval}:azn"

    def turn(self, **by: float) -> None:
        """Let time pass, here and at Stripe, and sync what came of it."""
        self.world.time.move(**by)
        self.clock.setattr(clock, "_offset", self.world.time.at - datetime.now(UTC))
        current = self.world.current(self.reader.id)
        if current is not None:
            sync_subscription(self.world.billing, current.stripe_id)

    def state(self) -> str:
        """The first line of the account."""
        return sentence_of(self.account())

    def deeds(self) -> list[str]:
        """Return what the reader did, as the audit has it."""
        mine = f"reader:{self.reader.id}"
        return [row.action for row in self.world.rows(AuditEntry) if row.actor == mine]

    def at_stripe(self) -> dict[str, Any]:
        """Return the reader's subscription as Stripe has it."""
        current = self.world.current(self.reader.id)
        assert current
        return self.world.billing.gateway.retrieve_subscription(current.stripe_id)

    def at_stripe_customer(self, customer: str) -> dict[str, Any]:
        """Return a customer as Stripe has it."""
        return self.world.billing.gateway.retrieve_customer(customer)

    def account(self) -> str:
        answer = self.browser.get("/account")
        assert answer.status_code == 200
        return answer.text


@pytest.fixture
def home(
    database: Database, database_url: str, publisher: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Home]:
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
    yield Home(world, browser, reader, monkeypatch)
    world.sandbox.close()
    product.database.close()


def sentence_of(page: str) -> str:
    """Return a page's sentence on how things stand, or on what will happen."""
    found = re.search(r'class="state"[^>]*>([^<]+)<', page)
    assert found
    return html.unescape(found[1]).replace("\N{NO-BREAK SPACE}", " ").strip()
