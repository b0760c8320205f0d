"""The webhook and the return page race for the same payment, in both orders and at once: whoever wins, one reads.

`python -m tests.proof.payment_races [--rounds 200] [--engine sqlite|postgres]` prints one line for each database. A
round: sign up, choose the monthly plan, pay; then webhook and browser come in the order of the round, and the article
must be open at once, with one subscription, one entitlement, one mail, and every event closed.
"""

import argparse
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import func, select

from bench.checkout_race import new_publisher
from bench.engines import postgres
from paywall import logs
from paywall.billing import parts
from paywall.billing.parts import Billing
from paywall.billing.setting_up.account import set_up_stripe
from paywall.billing.subscriptions.tables import BillingEvent, Subscription
from paywall.billing.webhooks.drain import drain_once
from paywall.billing.webhooks.inbox import OPEN
from paywall.database import Database
from paywall.entitlements.tables import EntitlementRow
from paywall.outbox import OutboxMail
from paywall.publishers.rules import Profile
from paywall.readers.tables import Reader
from paywall.web import limits
from tests.billing.shop import MONTHLY, SITE, Shop, open_shop
from tests.gate.conftest import add_article
from tests.proof.buying import go_to_pay, pay
from tests.readers.browser import Browser

ORDERS = ("webhook first", "return page first", "both at once")
ARTICLE = "/articles/locked"
OPENED = "full; reason=subscribed"


@dataclass
class Outcome:
    """The figures of many rounds."""

    engine: str
    rounds: int = 0
    opened: int = 0
    doubled: int = 0
    """Rounds with a second subscription, entitlement or mail."""
    open_events: int = 0
    errors: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    """From the click that pays to the open article."""

    @property
    def is_good(self) -> bool:
        return self.opened == self.rounds > 0 and not (self.doubled or self.open_events or self.errors)

    def __str__(self) -> str:
        cuts = statistics.quantiles(self.seconds, n=100, method="inclusive")
        line = (
            f"{self.engine}: {self.rounds} rounds ({', '.join(ORDERS)}), opened {self.opened}, doubled {self.doubled}, "
            f"events left open {self.open_events}, errors {len(self.errors)}, "
            f"from paying to reading p50 {cuts[49]:.3f} s, p99 {cuts[98]:.3f} s"
        )
        return "\n".join([line, *self.errors[:20]])


@dataclass
class Races:
    """The shop with a webhook, and what goes wrong on its way."""

    shop: Shop
    billing: Billing
    errors: list[str] = field(default_factory=list)

    def deliver(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        """Bring a webhook to our door."""
        answer = self.shop.product.flask.test_client().post(
            urlsplit(url).path, data=body, headers=headers, base_url=SITE
        )
        if answer.status_code != 200:
            self.errors.append(f"webhook answered {answer.status_code}")
        return answer.status_code

    def webhook(self) -> None:
        """Have everything delivered that waits, and worked off."""
        self.shop.sandbox.deliverer.drain()
        drain_once(self.billing)


def race(database_url: str, publisher: Profile, folder: Path, rounds: int) -> Outcome:
    """Run the rounds on a database that has its tables and a publisher; returns their figures."""
    outcome = Outcome("sqlite" if database_url.startswith("sqlite") else "postgres")
    with _races(database_url, publisher, folder) as races:
        for number in range(rounds):
            _round(races, ORDERS[number % len(ORDERS)], outcome)
        outcome.errors += races.errors + [f"connection held: {one}" for one in races.shop.transport.caught]
    return outcome


def _round(races: Races, order: str, outcome: Outcome) -> None:
    browser = races.shop.browser()
    address = go_to_pay(browser, MONTHLY, ARTICLE)
    began = time.perf_counter()
    back = pay(races.shop, address)
    try:
        is_open = _WAYS[order](races, browser, back)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is counted, and the next round goes on
        outcome.errors.append(f"{order}: {type(error).__name__}: {error}")
        is_open = False
    outcome.seconds.append(time.perf_counter() - began)
    races.webhook()  # what came second, and whatever followed
    outcome.rounds += 1
    outcome.opened += is_open
    outcome.doubled += not _is_single(races.shop)
    outcome.open_events += _open_events(races.shop.database)


def _webhook_first(races: Races, browser: Browser, back: str) -> bool:
    races.webhook()
    return _returns_and_reads(browser, back)


def _return_page_first(_races: Races, browser: Browser, back: str) -> bool:
    return _returns_and_reads(browser, back)


def _both_at_once(races: Races, browser: Browser, back: str) -> bool:
    barrier = threading.Barrier(2)

    def other() -> None:
        barrier.wait()
        try:
            races.webhook()
        except Exception as error:  # noqa: BLE001 - a thread's error would be lost
            races.errors.append(f"webhook: {type(error).__name__}: {error}")

    thread = threading.Thread(target=other)
    thread.start()
    barrier.wait()
    is_open = _returns_and_reads(browser, back)
    thread.join()
    return is_open


_WAYS: dict[str, Callable[[Races, Browser, str], bool]] = dict(
    zip(ORDERS, (_webhook_first, _return_page_first, _both_at_once), strict=True)
)


def _returns_and_reads(browser: Browser, back: str) -> bool:
    """Come back from Stripe's page; returns whether that leads straight to the article, open."""
    answer = browser.get(back)
    if answer.status_code != 303 or answer.location != ARTICLE:
        return False
    return browser.get(answer.location).headers.get("Paywall-Decision") == OPENED


def _is_single(shop: Shop) -> bool:
    """Tell whether the newest reader has one of each, at Stripe and here."""
    with shop.database.reading() as session:
        reader_id, email = session.execute(select(Reader.id, Reader.email).order_by(Reader.id.desc())).first() or (
            0,
            "",
        )
        subscriptions = list(session.scalars(select(Subscription).where(Subscription.reader_id == reader_id)))
        rights = list(session.scalars(select(EntitlementRow).where(EntitlementRow.reader_id == reader_id)))
        started = OutboxMail.kind == "billing_started", OutboxMail.recipient == email
        mails = list(session.scalars(select(OutboxMail).where(*started)))
        customer = subscriptions[0].customer_id if subscriptions else ""
    return len(subscriptions) == len(rights) == len(mails) == len(shop.gateway.list_subscriptions(customer)) == 1


def _open_events(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).where(BillingEvent.state.in_(OPEN))) or 0


@contextmanager
def _races(database_url: str, publisher: Profile, folder: Path) -> Iterator[Races]:
    shop = open_shop(database_url, publisher, folder)
    add_article(shop.database, publisher.id, ARTICLE.rpartition("/")[2], access="subscribers")
    limits.install(shop.product.flask, None).enabled = False
    secret = set_up_stripe(shop.database, shop.gateway, publisher, f"{SITE}/webhooks/stripe").webhook_secret
    assert secret
    races = Races(shop, replace(shop.billing, webhook_secrets=(secret,)))
    parts.install(shop.product.flask, races.billing)
    shop.sandbox.deliverer._send = races.deliver
    yield races
    shop.sandbox.close()
    shop.product.database.close()


def main() -> int:
    """Run in full and print the figures."""
    logs.configure("critical")  # what goes wrong on the way is meant to
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rounds", type=int, default=200)
    words.add_argument("--engine", choices=["sqlite", "postgres"], action="append")
    given = words.parse_args()
    outcomes = []
    for engine in given.engine or ["sqlite", "postgres"]:
        outcomes.append(_on(engine, given.rounds))
        print(outcomes[-1], flush=True)  # noqa: T201 - this is what the command is for
    return int(not all(outcome.is_good for outcome in outcomes))


def _on(engine: str, rounds: int) -> Outcome:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="paywall-races-")))
        url = postgres(stack, folder) if engine == "postgres" else f"sqlite:///{folder / 'paywall.sqlite3'}"
        return race(url, new_publisher(url), folder, rounds)


if __name__ == "__main__":
    sys.exit(main())
