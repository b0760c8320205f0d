"""A newspaper with readers, plans and a whole stand-in Stripe in the same process; time moves when a test moves it."""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select

from paywall import clock
from paywall.audit import AuditEntry
from paywall.billing.catalogue.money import Money
from paywall.billing.catalogue.plans import Interval
from paywall.billing.catalogue.putting_on_sale import NewPlan, NewPrice, set_up_plan
from paywall.billing.checkout.tables import keep_customer
from paywall.billing.links import Links
from paywall.billing.parts import Billing
from paywall.billing.stripe_gateway import InProcess, StripeGateway
from paywall.billing.subscriptions.reading import current_subscription
from paywall.billing.subscriptions.tables import BillingEvent, Invoice, Subscription
from paywall.billing.webhooks import inbox
from paywall.database import Database
from paywall.entitlements.reading import entitlements_of
from paywall.entitlements.rules import Entitlement
from paywall.outbox import OutboxMail
from paywall.publishers.rules import Profile
from paywall.publishers.tables import Publisher
from paywall.readers.tables import Reader
from paywall.sandbox import Sandbox

LOOKUP_KEY = "news:digital:month:azn"
DAY = timedelta(days=1)
Json = dict[str, Any]


@dataclass
class Time:
    """The stand-in's clock: it stands until it is moved."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


def add_reader(database: Database, publisher_id: int, email: str) -> int:
    """Add a reader who never uses a browser, and return the id."""
    with database.writing() as session:
        row = Reader(
            publisher_id=publisher_id,
            email=email,
            email_normalized=email,
            fs_uniquifier=email,
            created_at=clock.now(),
        )
        session.add(row)
        session.flush()
        return row.id


@dataclass
class World:
    """What a test of billing plays with."""

    database: Database
    publisher: Profile
    sandbox: Sandbox
    billing: Billing
    time: Time
    price_id: str
    numbers: Any = field(default_factory=itertools.count)

    def reader(self) -> int:
        """Add a reader and return its id."""
        return add_reader(self.database, self.publisher.id, f"reader{next(self.numbers)}@example.org")

    def customer(self, reader_id: int | None, card: str = "pm_card_visa") -> str:
        """Make a customer with a card; ours if a reader is given."""
        made = self.ask(lambda v1: v1.customers.create({"email": "x@example.org"}))
        self.use_card(made["id"], card)
        if reader_id is not None:
            with self.database.writing() as session:
                keep_customer(session, self.publisher.id, reader_id, made["id"], clock.wall())
        return str(made["id"])

    def use_card(self, customer: str, card: str) -> None:
        method = self.ask(lambda v1: v1.payment_methods.attach(card, {"customer": customer}))
        change: Any = {"invoice_settings": {"default_payment_method": method["id"]}}
        self.ask(lambda v1: v1.customers.update(customer, change))

    def subscribe(self, customer: str, price: str | None = None, **more: Any) -> str:
        """Subscribe a customer at Stripe, as its own pages do; returns the subscription's id."""
        params: Any = {"customer": customer, "items": [{"price": price or self.price_id}], **more}
        return str(self.ask(lambda v1: v1.subscriptions.create(params))["id"])

    def subscriber(self, card: str = "pm_card_visa") -> tuple[int, str]:
        """Make a reader who has just subscribed at Stripe, of which we know nothing yet."""
        reader_id = self.reader()
        return reader_id, self.subscribe(self.customer(reader_id, card))

    def ask(self, call: Any) -> Json:
        return self.billing.gateway.ask(call)

    def events(self) -> list[Json]:
        """Return all events that Stripe has recorded, oldest first."""
        return list(self.billing.gateway.list_events())[::-1]

    def keep(self, *events: Json) -> None:
        """Put events into the inbox, as the webhook does."""
        with self.database.writing() as session:
            for event in events:
                inbox.receive(session, event, livemode=False)

    def keep_all(self) -> None:
        self.keep(*self.events())

    def entitlement(self, reader_id: int) -> Entitlement | None:
        with self.database.reading() as session:
            return next(iter(entitlements_of(session, reader_id)), None)

    def entitlements(self, reader_id: int) -> list[Entitlement]:
        with self.database.reading() as session:
            return entitlements_of(session, reader_id)

    def sandbox_objects(self, kind: str) -> list[Json]:
        """Return all objects of a kind, as they are stored."""
        with self.sandbox.store.transaction(write=False):
            return self.sandbox.store.select(kind)

    def may_read(self, reader_id: int) -> bool:
        with self.database.reading() as session:
            return any(one.grants_access(self.time.now()) for one in entitlements_of(session, reader_id))

    def current(self, reader_id: int) -> Subscription | None:
        with self.database.reading() as session:
            return current_subscription(session, reader_id)

    def rows(self, table: Any) -> list[Any]:
        with self.database.reading() as session:
            return list(session.scalars(select(table).order_by(table.id)))

    def invoices(self) -> list[Invoice]:
        return self.rows(Invoice)

    def inbox(self) -> list[BillingEvent]:
        return self.rows(BillingEvent)

    def empty_inbox(self) -> None:
        with self.database.writing() as session:
            session.execute(delete(BillingEvent))

    def mails(self) -> list[OutboxMail]:
        return self.rows(OutboxMail)

    def deeds(self) -> list[str]:
        return [row.action for row in self.rows(AuditEntry)]

    def reads(self) -> list[str]:
        """Return what was asked of Stripe since the last time this was asked."""
        asked = [f"{method} {path}" for method, path in self.sandbox.calls]
        self.sandbox.calls.clear()
        return asked


def make_world(database: Database, publisher: Profile, folder: Path) -> World:
    """Set up plans on our side and the same price at Stripe."""
    time = Time()
    sandbox = Sandbox(folder / "stripe.sqlite", "http://127.0.0.1/sandbox", now=time.now)
    gateway = StripeGateway(sandbox.secret_key, transport=InProcess(sandbox.wsgi), retries=0)
    with database.writing() as session:
        price = NewPrice(Interval.MONTH, Money(499, "AZN"))
        set_up_plan(session, session.get_one(Publisher, publisher.id), NewPlan("digital", "Digital", "", (price,)))
    billing = Billing(
        gateway, ("whsec_tests_only",), database, "http://news.test", Links("a key for tests only"), lease_seconds=1.2
    )
    return World(database, publisher, sandbox, billing, time, make_price(gateway, LOOKUP_KEY))


def make_price(gateway: StripeGateway, lookup_key: str | None) -> str:
    """Make a monthly price at Stripe and return its id."""
    product = gateway.ask(lambda v1: v1.products.create({"name": "Digital"}))
    params: Any = {
        "currency": "azn",
        "unit_amount": 499,
        "product": product["id"],
        "recurring": {"interval": "month"},
        **({"lookup_key": lookup_key} if lookup_key else {}),
    }
    return str(gateway.ask(lambda v1: v1.prices.create(params))["id"])
