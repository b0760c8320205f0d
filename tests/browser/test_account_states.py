"""The account page in six states, in a real browser without JavaScript: a wide screen by day, a phone by night."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from paywall import clock
from paywall.app import create_product
from paywall.billing import parts
from paywall.billing.syncing.sync import sync_subscription
from paywall.database import Database
from paywall.publishers.profiles import read_profile
from paywall.publishers.setup import NewPublisher, ensure_section, set_up_publisher
from paywall.readers.finding import reader_by_email
from paywall.settings import Environment, Settings
from tests.billing.stripe_world import World, make_world
from tests.browser.conftest import SCREENSHOTS
from tests.browser.reader import Reader

pytestmark = pytest.mark.browser

_numbers = count(1)
DAY_AND_DESK, NIGHT_AND_PHONE = ("light", 1280), ("dark", 390)


@dataclass
class Stage:
    """A newspaper at a port of this machine, and its stand-in Stripe."""

    world: World
    address: str
    clock: pytest.MonkeyPatch

    def subscribe(self, email: str, card: str = "pm_card_visa", **more: Any) -> str:
        """Subscribe the reader of that address at Stripe; returns the customer."""
        with self.world.database.reading() as session:
            reader = reader_by_email(session, self.world.publisher.id, email)
        assert reader
        customer = self.world.customer(reader.id, card)
        sync_subscription(self.world.billing, self.world.subscribe(customer, **more))
        return customer

    def turn(self, customer: str, **by: float) -> None:
        """Let time pass, and hear what came of a customer's subscription."""
        self.world.time.move(**by)
        self.clock.setattr(clock, "_offset", self.world.time.at - datetime.now(UTC))
        for one in self.world.billing.gateway.list_subscriptions(customer):
            sync_subscription(self.world.billing, one["id"], with_money_back=True)


@pytest.fixture
def stage(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    database = Database(sqlite_url)
    server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
    address = f"127.0.0.1:{server.server_port}"
    with database.writing() as session:
        row = set_up_publisher(session, NewPublisher("news", "The Caspian Post", address, "Asia/Baku"))
        ensure_section(session, row, "news", "News")
    with database.reading() as session:
        world = make_world(database, read_profile(session, row.id), tmp_path)
    settings = Settings("0123456789abcdef" * 2, f"http://{address}", env=Environment.TEST, database_url=sqlite_url)
    product = create_product(settings)
    parts.install(product.flask, world.billing)
    server.app = product.flask
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Stage(world, f"http://{address}", monkeypatch)
    server.shutdown()
    world.sandbox.close()
    product.database.close()
    database.close()


@pytest.fixture
def page(stage: Stage, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(base_url=stage.address, java_script_enabled=False)
    yield context.new_page()
    context.close()


def pays(stage: Stage, reader: Reader) -> None:
    stage.subscribe(reader.email)


def tries(stage: Stage, reader: Reader) -> None:
    stage.subscribe(reader.email, trial_period_days=14)


def owes(stage: Stage, reader: Reader) -> None:
    customer = stage.subscribe(reader.email)
    stage.world.use_card(customer, "pm_card_chargeCustomerFail")
    stage.turn(customer, days=33)


def has_cancelled(stage: Stage, reader: Reader) -> None:
    stage.subscribe(reader.email)
    reader.page.goto("/account")
    reader.follows("Cancel subscription")
    reader.page.get_by_role("button", name="Cancel subscription").click()


def has_paused(stage: Stage, reader: Reader) -> None:
    stage.subscribe(reader.email)
    reader.page.goto("/account")
    reader.follows("Pause")
    reader.page.get_by_label("2 months").check()
    reader.page.get_by_role("button", name="Pause").click()


def disputes(stage: Stage, reader: Reader) -> None:
    stage.turn(stage.subscribe(reader.email, "pm_card_createDispute"), hours=1)


@dataclass(frozen=True)
class State:
    """A state, how one gets there, and what the account says of it."""

    name: str
    begin: Callable[[Stage, Reader], None]
    sentence: str
    step: str


STATES = [
    State("active", pays, r"You subscribe monthly\. Next payment 4\.99\s₼ on .+\.", "Go on reading"),
    State("trial", tries, r"Your trial runs for 14 more days\. First payment 4\.99\s₼ on .+\.", "Go on reading"),
    State("in-grace", owes, r"Your last payment of 4\.99\s₼ failed\. You can still read until .+\.", "Pay now"),
    State("cancelled", has_cancelled, r"Your subscription is cancelled\. You .+\.", "Resume your subscription"),
    State(
        "paused",
        has_paused,
        r"Your subscription is paused\. You can read until .+; nothing is charged until .+\.",
        "Resume your subscription",
    ),
    State("disputed", disputes, r"Your access is suspended while your bank looks .+\.", "See the invoices"),
]


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_says_how_things_stand_and_offers_one_step(stage: Stage, page: Page, state: State) -> None:
    reader = Reader(page, f"state{next(_numbers)}@example.org")
    page.goto("/signup")
    reader.signs_up()
    state.begin(stage, reader)
    assert re.fullmatch(state.sentence, reader.state())
    assert page.locator(".button").all_inner_texts() == [state.step]
    for scheme, width in (DAY_AND_DESK, NIGHT_AND_PHONE):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.set_viewport_size({"width": width, "height": 900})
        if SCREENSHOTS:
            page.screenshot(path=Path(SCREENSHOTS) / f"account-{state.name}-{width}-{scheme}.png", full_page=True)
    assert reader.fits_the_screen()
