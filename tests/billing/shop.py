"""The whole product beside a stand-in Stripe in one process: readers who click, pay and come back.

Every request to Stripe checks that the thread that makes it holds no connection of the database.
"""

import itertools
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import event, select
from werkzeug.test import Client, TestResponse

from paywall import clock
from paywall.app import Product, create_product
from paywall.billing.catalogue.money import Money
from paywall.billing.catalogue.plans import Interval
from paywall.billing.catalogue.putting_on_sale import NewPlan, NewPrice, set_up_plan
from paywall.billing.checkout.order import Order
from paywall.billing.checkout.starting import start_checkout
from paywall.billing.checkout.tables import Checkout, CheckoutState
from paywall.billing.parts import Billing, make_billing
from paywall.billing.setting_up.account import set_up_stripe
from paywall.billing.stripe_gateway import InProcess, StripeGateway
from paywall.database import Database
from paywall.publishers.rules import Profile
from paywall.publishers.tables import Publisher
from paywall.readers.tables import Reader
from paywall.sandbox import Sandbox
from paywall.settings import Environment, Settings
from tests.billing.stripe_world import Time, add_reader
from tests.readers.browser import Browser

SITE = "https://news.test"
PAY = "https://pay.test"
MONTHLY, YEARLY = "news:digital:month:azn", "news:digital:year:azn"
DIGITAL = NewPlan(
    "digital",
    "Digital",
    "Everything, on every device.",
    (NewPrice(Interval.MONTH, Money(499, "AZN")), NewPrice(Interval.YEAR, Money(4990, "AZN"))),
)
GOOD_CARD, DECLINED_CARD = "4242424242424242", "4000000000000002"
CARD = {"card_expiry": "12 / 30", "card_cvc": "123", "billing_name": "Leyla Aliyeva", "billing_country": "AZ"}


class HeldConnections:
    """Counts, for each thread, the connections of a database that it holds."""

    def __init__(self, database: Database) -> None:
        self._held: Counter[int] = Counter()
        self._whose: dict[int, int] = {}
        event.listen(database.engine, "checkout", self._took)
        event.listen(database.engine, "checkin", self._gave)

    def by_this_thread(self) -> int:
        return self._held[threading.get_ident()]

    def _took(self, _connection: object, record: object, _proxy: object) -> None:
        self._whose[id(record)] = threading.get_ident()
        self._held[threading.get_ident()] += 1

    def _gave(self, _connection: object, record: object) -> None:
        self._held[self._whose.pop(id(record))] -= 1


class Watched(InProcess):
    """The way to the stand-in, which notes whoever comes with a connection in hand."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(sandbox.wsgi)
        self.held: HeldConnections | None = None
        self.caught: list[str] = []

    def request(  # type: ignore[override]
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: str | None = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        if self.held is not None and self.held.by_this_thread():
            self.caught.append(f"{method} {url}")
        return super().request(method, url, headers, post_data)


@dataclass
class Shop:
    """A newspaper that sells one plan by the month and by the year."""

    product: Product
    publisher: Profile
    sandbox: Sandbox
    gateway: StripeGateway
    transport: Watched
    time: Time
    numbers: Any = field(default_factory=itertools.count)

    @property
    def database(self) -> Database:
        return self.product.database

    @property
    def billing(self) -> Billing:
        billing = make_billing(self.product.settings, self.database, self.gateway)
        assert billing
        return billing

    def reader(self) -> int:
        """Add a reader who never uses a browser, and return the id."""
        return add_reader(self.database, self.publisher.id, f"reader{next(self.numbers)}@example.org")

    def order(self, reader_id: int, lookup_key: str = MONTHLY, goal: str = "/articles/one") -> Order:
        with self.database.reading() as session:
            email = session.get_one(Reader, reader_id).email
        return Order(self.publisher, reader_id, email, lookup_key, goal, SITE)

    def click(self, reader_id: int, lookup_key: str = MONTHLY, **more: Any) -> str:
        """Choose a price; returns where that leads."""
        return start_checkout(self.billing, self.order(reader_id, lookup_key, **more))

    def pay(self, address: str, card: str = GOOD_CARD, **typed: str) -> TestResponse:
        """Fill in the page at Stripe."""
        browser = Client(self.sandbox.wsgi)
        return browser.post(address.removeprefix(PAY), data={"card_number": card, **CARD, **typed})

    def browser(self) -> Browser:
        """Return the browser of a reader who has just signed up."""
        browser = Browser(self.product.flask)
        assert browser.sign_up(f"browser{next(self.numbers)}@example.org").status_code in (302, 303)
        return browser

    def checkouts(self) -> list[Checkout]:
        with self.database.reading() as session:
            return list(session.scalars(select(Checkout).order_by(Checkout.created_at)))

    def open_checkouts(self) -> list[Checkout]:
        return [row for row in self.checkouts() if row.state == CheckoutState.OPEN]

    def subscriptions(self) -> list[dict[str, Any]]:
        return list(self.gateway.iterate("subscriptions"))

    def sessions(self) -> list[dict[str, Any]]:
        """Return all payment pages that Stripe has made, newest first."""
        return list(self.gateway.ask_all(lambda v1: v1.checkout.sessions.list({"limit": 100})))

    def writes(self) -> list[str]:
        """Return what was written at Stripe since this was last asked."""
        asked = [f"{method} {path}" for method, path in self.sandbox.calls if method != "GET"]
        self.sandbox.calls.clear()
        return asked


def open_shop(database_url: str, publisher: Profile, folder: Path, time: Time | None = None) -> Shop:
    """Build the product over a database that has its tables and a publisher; the plans are set up at Stripe too.

    `time` is the stand-in's clock; without one it stands still.
    """
    time = time or Time()
    sandbox = Sandbox(folder / "stripe.sqlite3", PAY, now=time.now, wall=clock.wall, deliver=lambda *_: 200)
    transport = Watched(sandbox)
    gateway = StripeGateway(sandbox.secret_key, transport=transport, retries=0)
    settings = Settings(
        secret_key="0123456789abcdef" * 2, base_url=SITE, env=Environment.TEST, database_url=database_url
    )
    product = create_product(settings, gateway)
    transport.held = HeldConnections(product.database)
    with product.database.writing() as session:
        set_up_plan(session, session.get_one(Publisher, publisher.id), DIGITAL)
    set_up_stripe(product.database, gateway, publisher, None)
    sandbox.calls.clear()
    return Shop(product, publisher, sandbox, gateway, transport, time)
