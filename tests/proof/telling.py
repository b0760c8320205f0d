"""A thousand changes told to three endpoints while workers are killed: `python -m tests.proof.telling`.

One endpoint answers at once, one after five seconds, one takes the connection and never answers. Workers run in
processes of their own, one of which is killed (SIGKILL) every so often and replaced. When the quick one has heard
everything, the others come round, and all must have reached them, too. Prints one line a database; the exit code is 0
only if nothing was lost.
"""

import argparse
import gc
import logging
import multiprocessing
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

import structlog

from bench.checkout_race import new_publisher
from bench.engines import postgres
from paywall.database import Database
from paywall.telling.lanes import lanes
from paywall.telling.parts import LIMITS
from tests.billing.stripe_world import add_reader
from tests.engines import free_port
from tests.outgoing.receiver import Reply, Request, Write, plain, receiving
from tests.telling.newspaper import Newspaper, wait_until

PATIENCE_SECONDS = 600
_WORKERS = 2
_READERS = 20


@dataclass(frozen=True)
class Plan:
    """How much happens, and how roughly."""

    changes: int = 1_000
    per_second: float = 20
    slow_seconds: float = 5
    kill_seconds: float = 3


@dataclass(frozen=True)
class Outcome:
    """The figures of one run."""

    engine: str
    plan: Plan
    kills: int
    lost: int
    twice: int
    delays: Sequence[float]
    """Seconds from a change to the moment at which the quick endpoint heard of it first."""
    meanwhile: tuple[int, int]
    """How many the slow one and the one that never answers had taken when the quick one had heard everything."""

    def __str__(self) -> str:
        steps = statistics.quantiles(self.delays, n=100)
        quick = f"p50 {steps[49]:.2f} s, p99 {steps[98]:.2f} s, at most {max(self.delays):.1f} s"
        return (
            f"telling on {self.engine}: {self.plan.changes:,} changes x 3 endpoints (quick, "
            f"{self.plan.slow_seconds:g} s, never answering), {self.kills} workers killed: lost {self.lost}; "
            f"the quick one hears after {quick}, while the others have taken {self.meanwhile[0]} and "
            f"{self.meanwhile[1]}; sent twice under one id: {self.twice}"
        )


class Ear:
    """Notes when each message came first, and answers as it is told to."""

    def __init__(self, answer: Reply) -> None:
        self.answer, self.first, self.times = answer, dict[str, float](), 0

    def __call__(self, request: Request, write: Write) -> None:
        at = time.time()
        self.answer(request, write)
        self.first.setdefault(request.headers["webhook-id"], at)
        self.times += 1


def play(database_url: str, plan: Plan) -> Outcome:
    """Run it on one empty database with all its tables."""
    database = Database(database_url)
    newspaper = _newspaper(database)
    ears = Ear(plain(204)), Ear(_after(plan.slow_seconds)), Ear(_never)
    ports = [free_port() for _ in ears]
    for port in ports:
        newspaper.add(f"http://127.0.0.1:{port}/")
    readers = [add_reader(database, newspaper.publisher_id, f"reader{n}@example.org") for n in range(_READERS)]
    database.close()
    with killed_workers(newspaper, plan.kill_seconds) as kills, ExitStack() as stack:
        for port, ear in zip(ports, ears, strict=True):
            stack.enter_context(receiving(ear, port=port))
        _change(newspaper, readers, plan)
        told = {event.public_id: event.noted_at.timestamp() for event in newspaper.events()}
        quick = ears[0]
        wait_until(lambda: told.keys() <= quick.first.keys(), PATIENCE_SECONDS)
        meanwhile = (len(ears[1].first), len(ears[2].first))
        _come_round(newspaper, ears[1:], told)
    outcome = Outcome(
        engine="SQLite" if database.is_sqlite else "PostgreSQL",
        plan=plan,
        kills=kills(),
        lost=sum(len(told.keys() - ear.first.keys()) for ear in ears) + abs(plan.changes - len(told)),
        twice=sum(ear.times - len(ear.first) for ear in ears),
        delays=[quick.first[one] - at for one, at in told.items()],
        meanwhile=meanwhile,
    )
    database.close()
    return outcome


def _newspaper(database: Database) -> Newspaper:
    newspaper = Newspaper(database, 1, 0)
    newspaper.telling = replace(newspaper.telling, limits=LIMITS)
    return newspaper


def _after(seconds: float) -> Reply:
    def reply(request: Request, write: Write) -> None:
        time.sleep(seconds)
        plain(204)(request, write)

    return reply


def _never(_request: Request, _write: Write) -> None:
    time.sleep(LIMITS.total_seconds)
    raise ConnectionError


def _change(newspaper: Newspaper, readers: Sequence[int], plan: Plan) -> None:
    """Have so many changes happen, evenly over the time: each reader is suspended and restored in turn."""
    began = time.monotonic()
    for number in range(plan.changes):
        reader, turn = readers[number % len(readers)], number // len(readers)
        newspaper.give(f"sub_{reader}", reader, suspended=bool(turn % 2))
        time.sleep(max(0.0, began + number / plan.per_second - time.monotonic()))


def _come_round(newspaper: Newspaper, ears: Sequence[Ear], told: dict[str, float]) -> None:
    """Let the others answer at once, as if days had passed, until they have heard everything."""
    for ear in ears:
        ear.answer = plain(204)
    end = time.monotonic() + PATIENCE_SECONDS
    while not all(told.keys() <= ear.first.keys() for ear in ears) and time.monotonic() < end:
        newspaper.due_now_but_claimed()
        time.sleep(1)


@contextmanager
def killed_workers(newspaper: Newspaper, kill_seconds: float) -> Iterator[Callable[[], int]]:
    """Keep workers running, one of them killed every so often; yields what tells the number of kills so far.

    They are forked, with everything loaded that the caller has used: connections must be closed before.
    """
    fork = multiprocessing.get_context("fork")
    kills, stop = fork.Value("i", 0), fork.Event()
    killer = fork.Process(target=_kill_again_and_again, args=(newspaper, kill_seconds, kills, stop))
    killer.start()
    try:
        yield lambda: int(kills.value)
    finally:
        stop.set()
        killer.join(10)


def _kill_again_and_again(newspaper: Newspaper, kill_seconds: float, kills: Any, stop: Any) -> None:
    gc.freeze()  # what is loaded is shared with every worker, and collecting it would copy it
    parent, chance = os.getppid(), random.Random(7)
    alive = [_fork_worker(newspaper) for _ in range(_WORKERS)]
    while not stop.wait(kill_seconds) and os.getppid() == parent:
        _kill(alive.pop(chance.randrange(len(alive))))
        kills.value += 1
        alive.append(_fork_worker(newspaper))
    for pid in alive:
        _kill(pid)
    os._exit(0)


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _fork_worker(newspaper: Newspaper) -> int:
    killer = os.getpid()
    pid = os.fork()
    if pid == 0:
        _work_until_killed(newspaper, killer)
    return pid


def _work_until_killed(newspaper: Newspaper, killer: int) -> NoReturn:
    for lane in lanes(newspaper.telling):
        lane.start()
    while os.getppid() == killer:
        time.sleep(0.5)
    os._exit(1)


def main() -> int:
    """Play it on both databases."""
    words = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    words.add_argument("--changes", type=int, default=Plan.changes)
    words.add_argument("--engine", choices=["sqlite", "postgres"], action="append")
    given = words.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    lost = 0
    for engine in given.engine or ["sqlite", "postgres"]:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="paywall-telling-")))
            url = postgres(stack, folder) if engine == "postgres" else f"sqlite:///{folder / 'paywall.sqlite3'}"
            new_publisher(url)
            outcome = play(url, Plan(given.changes))
        print(outcome, flush=True)  # noqa: T201 - this is what the command is for
        lost += outcome.lost
    return int(bool(lost))


if __name__ == "__main__":
    sys.exit(main())
