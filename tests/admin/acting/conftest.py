"""Two newspapers for acts on rights; one with a stand-in Stripe for acts on money."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from paywall import clock
from paywall.app import create_product
from paywall.audit import AuditEntry
from paywall.billing import parts
from paywall.billing.catalogue.money import Money
from paywall.billing.catalogue.plans import Interval
from paywall.billing.catalogue.putting_on_sale import NewPlan, NewPrice, set_up_plan
from paywall.billing.setting_up.account import set_up_stripe
from paywall.billing.subscriptions.tables import Invoice, Subscription
from paywall.billing.syncing.sync import sync_subscription
from paywall.database import Database
from paywall.publishers.rules import Profile
from paywall.publishers.tables import Publisher
from paywall.settings import Environment, Settings
from paywall.staff.rules import Role
from tests.admin.acting.twice import send_at_once
from tests.billing.stripe_world import LOOKUP_KEY, World, make_world
from tests.readers.conftest import product
from tests.staff.people import Person, member, person

__all__ = ["product"]

WHY = "Asked for by letter"


@dataclass
class Desk:
    """A member of staff at a newspaper with a stand-in Stripe, and a reader who subscribes."""

    world: World
    staff: Person
    reader: Person
    clock: pytest.MonkeyPatch
    reader_id: int

    def path(self, act: str) -> str:
        return f"/admin/subscribers/{self.reader_id}/{act}"

    def page(self, act: str, **given: str) -> str:
        """Return the page that asks."""
        answer = self.staff.browser.get(self.path(act), query_string=given)
        assert answer.status_code == 200
        return answer.text

    def do(self, act: str, **fields: str) -> TestResponse:
        return self.staff.act(self.path(act), {"reason": WHY, **fields})

    def do_at_once(self, act: str, **fields: str) -> list[int]:
        """Send one form from several tabs at the same moment."""
        return send_at_once(self.staff, self.path(act), {"reason": WHY, **fields})

    def subscribe(self) -> str:
        """Have the reader subscribe; returns the subscription's id."""
        stripe_id = self.world.subscribe(self.world.customer(self.reader_id))
        sync_subscription(self.world.billing, stripe_id)
        return stripe_id

    def sells(self, plan: str, minor: int) -> str:
        """Put another plan on sale, at Stripe too; returns its price's lookup key."""
        new = NewPlan(plan, plan.capitalize(), "", (NewPrice(Interval.MONTH, Money(minor, "AZN")),))
        with self.world.database.writing() as session:
            set_up_plan(session, session.get_one(Publisher, self.reader.publisher_id), new)
        gateway = self.world.billing.gateway
        set_up_stripe(self.world.database, gateway, self.world.publisher, None)
        self.world.price_id = gateway.find_prices([LOOKUP_KEY])[LOOKUP_KEY]["id"]
        return f"news:{plan}:month:azn"

    def turn(self, **by: float) -> None:
        """Let time pass, here and at Stripe, and sync what came of it."""
        self.world.time.move(**by)
        self.clock.setattr(clock, "_offset", self.world.time.at - datetime.now(UTC))
        sync_subscription(self.world.billing, self.subscription.stripe_id)

    @property
    def subscription(self) -> Subscription:
        current = self.world.current(self.reader_id)
        assert current
        return current

    @property
    def invoice(self) -> Invoice:
        """The last invoice that was paid."""
        return [one for one in self.world.invoices() if one.status == "paid"][-1]

    def at_stripe(self) -> dict[str, Any]:
        """Return the subscription as Stripe has it."""
        return self.world.billing.gateway.retrieve_subscription(self.subscription.stripe_id)

    def may_read(self) -> bool:
        return self.world.may_read(self.reader_id)

    def deeds(self) -> list[AuditEntry]:
        """Return what the audit has of what the staff did to the reader."""
        rows = self.world.rows(AuditEntry)
        return [one for one in rows if one.subject == f"reader:{self.reader_id}" and one.actor.startswith("staff:")]


@pytest.fixture
def desk(
    database: Database, database_url: str, publisher: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    world = make_world(database, publisher, tmp_path)
    settings = Settings(
        secret_key="0123456789abcdef" * 2, base_url="https://news.test", env=Environment.TEST, database_url=database_url
    )
    made = create_product(settings)
    parts.install(made.flask, world.billing)
    reader = person(made, "leyla@example.org")
    yield Desk(world, member(made, Role.ADMIN), reader, monkeypatch, reader.reader_id)
    world.sandbox.close()
    made.database.close()
