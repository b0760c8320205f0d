"""The newspaper that is lived in: product and stand-in Stripe in one process, under one clock that is moved by hand."""

import itertools
import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any
from unittest.mock import patch

from sqlalchemy import select
from werkzeug.test import Client

from paywall import clock, schema
from paywall.app import Product, create_product
from paywall.billing.changing.cancelling import carry_out_cancellations
from paywall.billing.checkout.order import Order
from paywall.billing.dunning.reminders import send_due
from paywall.billing.parts import Billing
from paywall.billing.reconciling.sweeping import compare_if_due, sweep
from paywall.billing.stripe_gateway import InProcess, StripeGateway
from paywall.billing.subscriptions.tables import BillingEvent, Subscription
from paywall.billing.webhooks.drain import drain_once
from paywall.billing.webhooks.inbox import OPEN
from paywall.database import Base, Database
from paywall.publishers.profiles import read_profile
from paywall.publishers.rules import Profile
from paywall.publishers.setup import NewPublisher, set_up_publisher
from paywall.readers.tables import Reader
from paywall.sandbox import Sandbox
from paywall.sandbox.state import ids
from paywall.settings import Environment, Settings
from tests.billing.shop import CARD, PAY, SITE
from tests.billing.stripe_world import Time, add_reader
from tests.proof.simulation.plans import put_plans_on_sale

Json = dict[str, Any]
PATIENCE = timedelta(minutes=11)
"""Longer than the inbox waits before it tries again what failed."""
MOST_ROUNDS = 60


@dataclass
class City:
    """One newspaper, its readers by number, and chance."""

    settings: Settings
    publisher: Profile
    sandbox: Sandbox
    time: Time
    chance: random.Random
    product: Product
    gateway: StripeGateway
    readers: list[int] = field(default_factory=list)
    restarts: int = 0

    @property
    def billing(self) -> Billing:
        assert self.product.work.billing
        return self.product.work.billing

    @property
    def database(self) -> Database:
        return self.product.database

    def settle_readers(self, number: int) -> None:
        """Let readers sign up."""
        numbers = itertools.count(len(self.readers))
        for _ in range(number):
            email = f"reader{next(numbers)}@example.org"
            self.readers.append(add_reader(self.database, self.publisher.id, email))

    def subscribers(self) -> list[int]:
        """Return who has ever subscribed."""
        with self.database.reading() as session:
            return sorted(set(session.scalars(select(Subscription.reader_id))))

    def restart(self) -> None:
        """End the process without a word, and start another over the same database and the same Stripe."""
        self.product.database.close()
        self.product = create_product(self.settings, self.gateway)
        self.restarts += 1

    def order(self, reader_id: int, lookup_key: str) -> Order:
        with self.database.reading() as session:
            email = session.get_one(Reader, reader_id).email
        return Order(self.publisher, reader_id, email, lookup_key, "/articles/one", SITE)

    def pay(self, address: str, card: str) -> None:
        """Fill in the page at Stripe."""
        Client(self.sandbox.wsgi).post(address.removeprefix(PAY), data={"card_number": card, **CARD})

    def objects(self, kind: str) -> list[Json]:
        """Return all objects of a kind as Stripe holds them."""
        with self.sandbox.store.transaction(write=False):
            return self.sandbox.store.select(kind)

    def ask(self, call: Any) -> Json:
        return self.gateway.ask(call)

    # --- events on their way ---

    def deliver(self, share: float = 1.0) -> None:
        """Let some of the events that wait arrive: in any order, some twice, some lost for now."""
        waiting = self.sandbox.deliverer.pending()
        self.chance.shuffle(waiting)
        for one in waiting:
            luck = self.chance.random()
            if luck > share:
                continue
            if luck < 0.1 * share:
                self.sandbox.deliverer.drop(one)
                continue
            for _ in range(2 if luck < 0.3 * share else 1):
                self.sandbox.deliverer.deliver(one)

    def drain(self) -> None:
        drain_once(self.billing)

    def settle(self) -> None:
        """Let everything arrive and be worked off, as it is after a few quiet minutes."""
        self.sandbox.faults.clear()
        for _ in range(MOST_ROUNDS):
            for one in self.sandbox.deliverer.pending():
                self.sandbox.deliverer.deliver(one)
            self.drain()
            self.work()
            if not self.sandbox.deliverer.pending() and not self.open_events():
                return
            self.time.at += PATIENCE
            self.sandbox.tick()

    def work(self) -> None:
        """Do what runs by the clock, once."""
        now = self.time.now()
        sweep(self.billing, now, now)
        compare_if_due(self.billing, now, Event())
        send_due(self.billing, now)
        carry_out_cancellations(self.billing, now)

    def open_events(self) -> list[BillingEvent]:
        with self.database.reading() as session:
            return list(session.scalars(select(BillingEvent).where(BillingEvent.state.in_(OPEN))))


@contextmanager
def found(database_url: str, folder: Path, seed: int) -> Iterator[City]:
    """Found a newspaper on an empty database."""
    with ExitStack() as stack:
        time = Time(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
        stack.enter_context(patch.object(clock, "now", time.now))
        stack.enter_context(patch.object(clock, "wall", time.now))
        stack.enter_context(patch.object(ids, "_RANDOM", random.Random(seed)))  # the same seed is the same story
        settings = Settings(
            secret_key="0123456789abcdef" * 2, base_url=SITE, env=Environment.TEST, database_url=database_url
        )
        city = _build(settings, folder, time, seed)
        try:
            yield city
        finally:
            city.sandbox.close()
            city.product.database.close()


def _build(settings: Settings, folder: Path, time: Time, seed: int) -> City:
    schema.load_tables()
    database = Database(settings.database_url)
    Base.metadata.create_all(database.engine)
    with database.writing() as session:
        row = set_up_publisher(session, NewPublisher("news", "The News", "news.test"))
    with database.reading() as session:
        publisher = read_profile(session, row.id)
    database.close()
    post = _Post()
    sandbox = Sandbox(folder / "stripe.sqlite3", PAY, now=time.now, wall=time.now, deliver=post)
    gateway = StripeGateway(sandbox.secret_key, transport=InProcess(sandbox.wsgi), retries=0)
    secret = put_plans_on_sale(settings, publisher, gateway)
    settings = replace(settings, stripe_webhook_secrets=(secret,))
    city = City(settings, publisher, sandbox, time, random.Random(seed), create_product(settings, gateway), gateway)
    post.city = city
    return city


class _Post:
    """Carries webhooks to whichever process runs just then."""

    city: City

    def __call__(self, _url: str, body: bytes, headers: dict[str, str]) -> int:
        client = self.city.product.flask.test_client()
        return client.post("/webhooks/stripe", data=body, headers=headers, base_url=SITE).status_code
