"""What a flood does to the webhook: one event a thousand times at once, ten thousand wrong signatures.

`python -m tests.proof.webhook_floods [--engine sqlite|postgres]` prints one line for each: how every request was
answered, how many rows were stored, and what refusing one costs, in microseconds of processor time.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from bench.checkout_race import new_publisher
from bench.engines import postgres
from paywall import logs
from paywall.billing.subscriptions.tables import BillingEvent
from paywall.publishers.rules import Profile
from paywall.sandbox.webhooks.delivery import sign
from tests.billing.shop import SITE
from tests.proof.stage import RunningTime, Stage, open_stage

URL = f"{SITE}/webhooks/stripe"
THREADS = 32
Sent = tuple[bytes, dict[str, str]]


@dataclass(frozen=True)
class Flood:
    """The figures of a flood."""

    name: str
    engine: str
    answers: Counter[int]
    rows: int
    seconds: float
    """Processor time of all requests together."""

    def is_good(self, status: int, rows: int) -> bool:
        return set(self.answers) == {status} and self.rows == rows

    def __str__(self) -> str:
        told = ", ".join(f"{count:,} x {status}" for status, count in sorted(self.answers.items()))
        cost = 1e6 * self.seconds / self.answers.total()
        return f"{self.name} on {self.engine}: answered {told}, rows stored {self.rows}, {cost:,.0f} us each"


def same_event(stage: Stage, times: int) -> Flood:
    """WEB-S23: one event comes by many threads at once."""
    body = json.dumps(event()).encode()
    return _flood(stage, "one event at once", signed(stage, body), times, THREADS)


def wrong_signatures(stage: Stage, times: int) -> Flood:
    """WEB-S36: somebody who does not know the secret sends events of an ordinary size, one after another."""
    body = json.dumps(event(padding="x" * 4000)).encode()
    at = int(stage.time.now().timestamp())
    sent = body, {"Stripe-Signature": sign("whsec_guessed", body, at)}
    return _flood(stage, "wrong signatures", sent, times, 1)


def event(**more: str) -> dict[str, object]:
    data = {"object": {"id": "sub_flood", "object": "subscription", "customer": "cus_flood"}}
    kind = "customer.subscription.updated"
    return {"id": "evt_flood", "object": "event", "type": kind, "livemode": False, "data": data, **more}


def signed(stage: Stage, body: bytes) -> Sent:
    secret = stage.shop.product.settings.stripe_webhook_secrets[0]
    return body, {"Stripe-Signature": sign(secret, body, int(stage.time.now().timestamp()))}


def _flood(stage: Stage, name: str, sent: Sent, times: int, threads: int) -> Flood:
    before, began = _rows(stage), time.process_time()
    with ThreadPoolExecutor(threads) as pool:
        answers = Counter(pool.map(lambda _: stage.deliver(URL, *sent), range(times)))
    seconds = time.process_time() - began
    engine = "sqlite" if stage.shop.database.is_sqlite else "postgres"
    return Flood(name, engine, answers, _rows(stage) - before, seconds)


def _rows(stage: Stage) -> int:
    with stage.shop.database.reading() as session:
        return session.scalar(select(func.count()).select_from(BillingEvent)) or 0


def floods(database_url: str, publisher: Profile, folder: Path, same: int, wrong: int) -> tuple[Flood, Flood]:
    """Send both floods at a product over a database that has its tables and a publisher."""
    with open_stage(database_url, publisher, folder, RunningTime()) as stage:
        return same_event(stage, same), wrong_signatures(stage, wrong)


def main() -> int:
    """Send both floods on both databases and print a line for each."""
    logs.configure("critical")  # what goes wrong on the way is meant to
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--engine", choices=["sqlite", "postgres"], action="append")
    is_good = True
    for engine in words.parse_args().engine or ["sqlite", "postgres"]:
        same, wrong = _on(engine)
        print(same, wrong, sep="\n", flush=True)  # noqa: T201 - this is what the command is for
        is_good = is_good and same.is_good(200, 1) and wrong.is_good(400, 0)
    return int(not is_good)


def _on(engine: str) -> tuple[Flood, Flood]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="paywall-floods-")))
        url = postgres(stack, folder) if engine == "postgres" else f"sqlite:///{folder / 'paywall.sqlite3'}"
        return floods(url, new_publisher(url), folder, 1000, 10_000)


if __name__ == "__main__":
    sys.exit(main())
