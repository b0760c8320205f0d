"""How soon webhooks are acknowledged while Stripe is slow, and how often Stripe is asked for them.

`python -m bench.acknowledgement` serves the product as `paywall serve` does, its drain in the same process, beside a
stand-in Stripe of its own process that takes 0 to 400 ms for each answer; then every event comes three times in no
order, 25 a second as Stripe sends them. Prints a line for each engine; the exit code is 0 only if both demands are met.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path

from sqlalchemy import func, select

from bench import late_stripe, webhook_stream
from bench.checkout_race import new_publisher
from bench.engines import postgres
from bench.load import Served, start
from bench.webhook_stream import Json
from paywall.billing.subscriptions.tables import BillingEvent
from paywall.billing.webhooks.inbox import OPEN
from paywall.database import Database
from paywall.serving import free_port

HOST = "127.0.0.1"
COPIES = 3
P99_ASKED_MS, READS_ASKED = 100, 0.5
STRIPE_SECONDS = 0.4
SENDERS = 16
_PATIENCE = timedelta(minutes=10)


@dataclass(frozen=True)
class Outcome:
    """The figures of one engine; times in milliseconds, reads per event (not per delivery)."""

    engine: str
    events: int
    deliveries: int
    p50: float
    p99: float
    slowest: float
    reads: int
    left: int
    """Events that nobody worked off."""

    @property
    def reads_per_event(self) -> float:
        """How often Stripe was asked for each event."""
        return self.reads / self.events

    @property
    def is_good(self) -> bool:
        """True where no demand is missed."""
        return self.p99 <= P99_ASKED_MS and self.reads_per_event <= READS_ASKED and not self.left

    def __str__(self) -> str:
        return (
            f"{self.engine}: {self.events:,} events, {self.deliveries:,} deliveries acknowledged in {self.p50:.1f} ms "
            f"(p50), {self.p99:.1f} ms (p99), {self.slowest:.0f} ms at most; {self.reads:,} reads of Stripe, "
            f"{self.reads_per_event:.2f} an event; {self.left} left to do"
        )


def main() -> int:
    """Measure on each engine; return 1 if anything is more than asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--readers", type=int, default=75, help="each causes some 14 events")
    parser.add_argument("--per-second", type=float, default=25, help="deliveries, as Stripe's own limit is")
    parser.add_argument("--engine", action="append", choices=["sqlite", "postgres"])
    given = parser.parse_args()
    outcomes = []
    for engine in given.engine or ["sqlite", "postgres"]:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            url = postgres(stack, folder) if engine == "postgres" else f"sqlite:///{folder}/paywall.sqlite3"
            outcomes.append(measure(stack, folder, url, given.readers, given.per_second))
        print(outcomes[-1], flush=True)
    return int(not all(outcome.is_good for outcome in outcomes))


def measure(stack: ExitStack, folder: Path, url: str, readers: int, per_second: float) -> Outcome:
    """Serve both, send the stream, and return the figures once everything is worked off."""
    events = webhook_stream.recorded(url, new_publisher(url), readers, folder)
    asked = folder / "asked"
    product = _serve_both(stack, folder, url, asked)
    _warm(product, events[0])
    times = _send_all(product, events, per_second)
    database = Database(url)
    left = _wait_until_worked_off(database)
    database.close()
    centiles = statistics.quantiles(times, n=100)
    return Outcome(
        engine="SQLite" if url.startswith("sqlite") else "PostgreSQL",
        events=len(events),
        deliveries=len(times),
        p50=centiles[49] * 1000,
        p99=centiles[98] * 1000,
        slowest=max(times) * 1000,
        reads=sum(line.startswith("GET ") for line in asked.read_text().splitlines()),
        left=left,
    )


def _serve_both(stack: ExitStack, folder: Path, url: str, asked: Path) -> Served:
    stripe = start(
        "bench.late_stripe:create_app",
        free_port(HOST),
        1,
        None,
        {
            late_stripe.FILE: str(folder / webhook_stream.STRIPE_FILE),
            late_stripe.ASKED: str(asked),
            late_stripe.SECONDS: str(STRIPE_SECONDS),
        },
    )
    stack.callback(stripe.stop)
    environment = {
        "PAYWALL_ENV": "test",
        "PAYWALL_SECRET_KEY": "0123456789abcdef" * 2,
        "PAYWALL_BASE_URL": f"http://{HOST}",
        "PAYWALL_DATABASE_URL": url,
        "PAYWALL_STRIPE_SECRET_KEY": "sk_test_sandbox",
        "PAYWALL_STRIPE_API_BASE": f"http://{HOST}:{stripe.port}",
        "PAYWALL_STRIPE_WEBHOOK_SECRETS": webhook_stream.SECRET,
        "PAYWALL_LOG_LEVEL": "error",
    }
    product = start("paywall.app:create_served_app", free_port(HOST), 1, None, environment)
    stack.callback(product.stop)
    return product


def _warm(product: Served, event: Json) -> None:
    """Let each of the product's threads answer once: events of a kind that causes no work."""
    idle = [{**event, "id": f"evt_idle{number}", "type": "product.created"} for number in range(4 * SENDERS)]
    with ThreadPoolExecutor(SENDERS) as senders:
        list(senders.map(lambda one: _send(product.port, one), idle))


def _send_all(product: Served, events: Sequence[Json], per_second: float) -> list[float]:
    """Send each event three times in no order at that rate; return how long each answer took, in seconds."""
    mail = list(events) * COPIES
    random.Random(1).shuffle(mail)
    with ThreadPoolExecutor(SENDERS) as senders:
        return list(senders.map(lambda event: _send(product.port, event), _in_step(mail, per_second)))


def _in_step(mail: Sequence[Json], per_second: float) -> Iterator[Json]:
    """Yield the mail, one piece after the other, not faster than that."""
    began = time.monotonic()
    for number, event in enumerate(mail):
        time.sleep(max(0, began + number / per_second - time.monotonic()))
        yield event


def _send(port: int, event: Json) -> float:
    ((signature, body),) = webhook_stream.sign([webhook_stream.wire(event)])
    headers = {"Stripe-Signature": signature, "Content-Type": "application/json; charset=utf-8"}
    began = time.perf_counter()
    connection = HTTPConnection(HOST, port, timeout=30)
    connection.request("POST", webhook_stream.PATH, body.encode(), headers)
    answer = connection.getresponse()
    answer.read()
    seconds = time.perf_counter() - began
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"an answer {answer.status}")
    return seconds


def _wait_until_worked_off(database: Database) -> int:
    """Return how many events are open when the patience ends: none, as a rule, much sooner."""
    ends_at = time.monotonic() + _PATIENCE.total_seconds()
    query = select(func.count()).where(BillingEvent.state.in_(OPEN))
    left = 1
    while left and time.monotonic() < ends_at:
        time.sleep(0.2)
        with database.reading() as session:
            left = session.scalar(query) or 0
    return left


if __name__ == "__main__":
    sys.exit(main())
