"""The whole product with its webhook, beside a stand-in Stripe, both on one clock that a proof holds in its hands.

The process can be begun anew at any moment: what was only in memory is gone then, as after a crash.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

from sqlalchemy import func, select

from paywall import clock
from paywall.app import create_product
from paywall.billing.changing.cancelling import carry_out_cancellations
from paywall.billing.setting_up.account import set_up_stripe
from paywall.billing.subscriptions.tables import BillingEvent
from paywall.billing.webhooks.drain import drain_once
from paywall.billing.webhooks.inbox import OPEN
from paywall.publishers.rules import Profile
from paywall.web import limits
from tests.billing.shop import SITE, HeldConnections, Shop, open_shop
from tests.billing.stripe_world import Time
from tests.gate.conftest import add_article
from tests.proof.rows import Rows, put_back, read_rows
from tests.readers.browser import Browser

ARTICLE = "/articles/locked"
LONGEST_BACKOFF = timedelta(minutes=11)
_ROUNDS = 12


@dataclass
class RunningTime(Time):
    """The machine's time, turned forward; `stands_at` makes it stand still, where nothing waits by the clock."""

    stands_at: datetime | None = None
    ahead: timedelta = field(default_factory=timedelta)

    def now(self) -> datetime:
        return (self.stands_at or datetime.now(UTC)) + self.ahead

    def move(self, **by: float) -> None:
        self.ahead += timedelta(**by)


@dataclass(frozen=True)
class Saved:
    """A moment that can be returned to: our rows, Stripe's file, and how far the clock was turned."""

    rows: Rows
    stripe: Path
    ahead: timedelta


@dataclass
class Stage:
    """What a proof plays on."""

    shop: Shop
    time: RunningTime
    is_open: bool = True
    """False while nobody answers at the webhook's address."""

    def deliver(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        """Bring one webhook to our door, as Stripe does."""
        if not self.is_open:
            raise ConnectionError
        client = self.shop.product.flask.test_client()
        return client.post(urlsplit(url).path, data=body, headers=headers, base_url=SITE).status_code

    def begin_anew(self) -> None:
        """Go on in a fresh process, over the same database and beside the same Stripe."""
        self.shop.product.database.close()
        self.shop.product = create_product(self.shop.product.settings, self.shop.gateway)
        limits.install(self.shop.product.flask, None).enabled = False
        self.shop.transport.held = HeldConnections(self.shop.product.database)

    def save(self) -> Saved:
        """Remember everything as it is now."""
        copy = Path(self.shop.sandbox.store.path).with_suffix(".saved")
        with closing(sqlite3.connect(self.shop.sandbox.store.path)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        return Saved(read_rows(self.shop.database), copy, self.time.ahead)

    def restore(self, saved: Saved) -> None:
        """Make everything as it was, in a fresh process."""
        path = Path(self.shop.sandbox.store.path)
        self.shop.sandbox.store.close()
        for part in path.parent.glob(f"{path.name}-*"):
            part.unlink()  # SQLite's log of what came later
        shutil.copy(saved.stripe, path)
        put_back(self.shop.database, saved.rows)
        self.time.ahead = saved.ahead
        self.begin_anew()

    def same_browser(self, browser: Browser) -> Browser:
        """Return a browser with the same cookies, which finds the process that runs now."""
        again = Browser(self.shop.product.flask)
        again.client._cookies = dict(browser.client._cookies or {})
        return again

    def settle(self) -> None:
        """Let webhooks come and workers work until nothing is left, waiting where something has failed before."""
        for _ in range(_ROUNDS):
            self.shop.sandbox.tick()
            self.shop.sandbox.deliverer.drain()
            drain_once(self.shop.billing)
            carry_out_cancellations(self.shop.billing, self.time.now())
            if not self.shop.sandbox.deliverer.pending() and not self.open_events():
                return
            self.time.move(seconds=LONGEST_BACKOFF.total_seconds())

    def send_what_is_due(self) -> None:
        """Have Stripe try each delivery whose time has come, once."""
        now = self.time.now().timestamp()
        for one in self.shop.sandbox.deliverer.pending():
            if one.due_at <= now:
                self.shop.sandbox.deliverer.deliver(one)

    def open_events(self) -> int:
        """Return how many events nobody has worked off."""
        with self.shop.database.reading() as session:
            return session.scalar(select(func.count()).where(BillingEvent.state.in_(OPEN))) or 0

    def at_stripe(self, kind: str) -> list[dict[str, Any]]:
        """Return all objects of a kind as Stripe holds them, newest first."""
        with self.shop.sandbox.store.transaction(write=False):
            return self.shop.sandbox.store.select(kind)


@contextmanager
def open_stage(database_url: str, publisher: Profile, folder: Path, time: RunningTime) -> Iterator[Stage]:
    """Set the stage over a database that has its tables and a publisher; ours and Stripe's clock are `time`."""
    with patch.object(clock, "now", time.now), patch.object(clock, "wall", time.now):
        shop = open_shop(database_url, publisher, folder, time)
        add_article(shop.database, publisher.id, ARTICLE.rpartition("/")[2], access="subscribers")
        secret = set_up_stripe(shop.database, shop.gateway, publisher, f"{SITE}/webhooks/stripe").webhook_secret
        assert secret
        settings = replace(shop.product.settings, stripe_webhook_secrets=(secret,))
        shop.product = replace(shop.product, settings=settings)
        stage = Stage(shop, time)
        stage.begin_anew()
        shop.sandbox.deliverer._send = stage.deliver
        yield stage
        shop.sandbox.close()
        shop.product.database.close()
