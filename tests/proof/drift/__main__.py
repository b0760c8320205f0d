"""A hundred planted differences between our books and Stripe: found, repaired, and nothing else touched.

`python -m tests.proof.drift [--engine postgres]` prints a line for each kind and their sum; the exit code is 0 only if
each was told of by a dry run, was found and repaired, and no healthy subscription was.
"""

import argparse
import logging
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import structlog

from bench.checkout_race import new_publisher
from bench.engines import postgres
from paywall.database import Database
from tests.billing.stripe_world import make_world
from tests.proof.drift.comparing import Outcome, drift


def main() -> int:
    """Plant, compare and report on one engine after the other."""
    words = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    words.add_argument("--planted", type=int, default=100)
    words.add_argument("--healthy", type=int, default=500)
    words.add_argument("--engine", action="append", choices=["sqlite", "postgres"])
    given = words.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    outcomes = [_on(engine, given.planted, given.healthy) for engine in given.engine or ["sqlite", "postgres"]]
    return int(not all(outcome.is_good for outcome in outcomes))


def _on(engine: str, planted: int, healthy: int) -> Outcome:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="paywall-drift-")))
        url = postgres(stack, folder) if engine == "postgres" else f"sqlite:///{folder / 'drift.sqlite3'}"
        world = make_world(Database(url), new_publisher(url), folder)
        outcome = drift(world, planted, healthy)
        world.sandbox.close()
        world.database.close()
    print(f"{engine}:\n{outcome}", flush=True)  # noqa: T201 - this is what the command is for
    return outcome


if __name__ == "__main__":
    sys.exit(main())
