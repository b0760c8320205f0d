"""How fast webhooks are taken in, beside a view of Flask alone with one insert and one commit.

`python -m bench.intake` prints a table: distinct, rightly signed events over 8 connections, one worker on one core,
the load from the other, on SQLite and PostgreSQL; rounds are interleaved and each figure is a median. Nothing is worked
off meanwhile: that is another process's in such a measure.
"""

import argparse
import itertools
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from bench import webhook_stream
from bench.checkout_race import new_publisher
from bench.engines import postgres
from bench.load import Served, Shot, median, shoot, start
from paywall.billing.subscriptions.tables import BillingEvent
from paywall.database import Database
from paywall.serving import free_port

HOST = "127.0.0.1"
ASKED = 0.7
CONNECTIONS = 8
"""As many bodies as the product reads at once for one network (paywall/web/uploads.py): more are told to come again."""
_PREPARED_PER_SECOND = 2_500
"""More than one core can take, so that no event is sent twice."""
_READERS = 20
_TARGETS = {"bare Flask, one insert": "bench.one_insert:create_app", "the webhook": "paywall.app:create_served_app"}


@dataclass(slots=True)
class Case:
    """One server under load."""

    engine: str
    name: str
    server: Served
    bodies: Iterator[bytes]
    shots: list[Shot] = field(default_factory=list)

    def shoot(self, seconds: int) -> Shot:
        """Measure once, with events that were never sent before."""
        bodies = itertools.islice(self.bodies, seconds * _PREPARED_PER_SECOND)
        with tempfile.TemporaryDirectory() as folder:
            lines = Path(folder, "requests")
            script = webhook_stream.script(webhook_stream.sign(bodies), lines, HOST)
            return shoot(self.server, script, seconds, 1, CONNECTIONS)

    @property
    def median(self) -> Shot:
        """The medians of all shots."""
        return median(self.shots)


def main() -> int:
    """Measure on each engine and report; return 1 if a ratio is less than asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--engine", action="append", choices=["sqlite", "postgres"])
    given = parser.parse_args()
    print(f"engine      bare, requests/s   webhook   webhook / bare   asked   ({given.rounds} rounds, medians)")
    ratios = [measure(engine, given.rounds, given.seconds) for engine in given.engine or ["sqlite", "postgres"]]
    return int(min(ratios) < ASKED)


def measure(engine: str, rounds: int, seconds: int) -> float:
    """Print the line of one engine and return its ratio."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = postgres(stack, folder) if engine == "postgres" else f"sqlite:///{folder}/paywall.sqlite3"
        events = webhook_stream.recorded(url, new_publisher(url), _READERS, folder)
        bare, webhook = (
            Case(engine, name, _serve(stack, target, url), webhook_stream.without_end(events))
            for name, target in _TARGETS.items()
        )
        for case in (bare, webhook):
            case.shoot(1)
        for _ in range(rounds):
            for case in (bare, webhook):
                case.shots.append(case.shoot(seconds))
        _check_that_they_were_kept(url, webhook, seconds * rounds)
    ratio = webhook.median.per_second / bare.median.per_second
    verdict = "" if ratio >= ASKED else "  missed"
    speeds = f"{bare.median.per_second:18,.0f}{webhook.median.per_second:10,.0f}{ratio:17.2f}"
    print(f"{engine:10}{speeds}   >= {ASKED}{verdict}", flush=True)
    return ratio


def _serve(stack: ExitStack, target: str, url: str) -> Served:
    environment = {
        "PAYWALL_ENV": "test",
        "PAYWALL_SECRET_KEY": "0123456789abcdef" * 2,
        "PAYWALL_BASE_URL": f"http://{HOST}",
        "PAYWALL_DATABASE_URL": url,
        "PAYWALL_STRIPE_SECRET_KEY": "sk_test_sandbox",
        "PAYWALL_STRIPE_WEBHOOK_SECRETS": webhook_stream.SECRET,
        "PAYWALL_DRAIN": "off",
        "PAYWALL_LOG_LEVEL": "error",
    }
    server = start(target, free_port(HOST), 1, 0, environment)
    stack.callback(server.stop)
    return server


def _check_that_they_were_kept(url: str, webhook: Case, seconds: int) -> None:
    """Raise unless about as many events are in the inbox as were answered."""
    database = Database(url)
    with database.reading() as session:
        kept = session.scalar(select(func.count()).select_from(BillingEvent)) or 0
    database.close()
    answered = statistics.mean(shot.per_second for shot in webhook.shots) * seconds
    if kept < 0.95 * answered:
        raise RuntimeError(f"{answered:,.0f} answers and {kept:,} events kept")


if __name__ == "__main__":
    sys.exit(main())
