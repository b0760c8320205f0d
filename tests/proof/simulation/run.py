"""Months of made-up lives: `python -m tests.proof.simulation.run [--seeds 3] [--days 30] [--readers 200] [--engine …]`.

Each day some readers do something, Stripe and the network fail now and then, processes end, events come late, twice
and in any order, and the clock moves. Each night everything settles and every invariant is checked. Prints a line for
each seed and a total; the exit code is 0 only if no invariant was ever broken.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.engines import postgres
from paywall import logs
from tests.proof.simulation.city import City, found
from tests.proof.simulation.deeds import DEEDS, Deed, attempt, subscribe, subscribe_in_two_tabs
from tests.proof.simulation.edges import EDGES, edges_taken
from tests.proof.simulation.judging import Broken, judge

DEEDS_A_DAY = 0.35
"""How many deeds a reader is good for, in the middle."""
STEPS_A_DAY = 4


@dataclass
class Chronicle:
    """What happened in one city."""

    seed: int
    engine: str
    days: int = 0
    deeds: int = 0
    refused: int = 0
    restarts: int = 0
    subscriptions: int = 0
    edges: set[str] = field(default_factory=set)
    broken: list[Broken] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"seed {self.seed} on {self.engine}: {self.days} days, {self.deeds} deeds done, {self.refused} refused, "
            f"{self.restarts} restarts, {self.subscriptions} subscriptions, edges {len(self.edges)} of {len(EDGES)}, "
            f"invariants broken {len(self.broken)}"
        )


def live(city: City, chronicle: Chronicle, days: int, on_day: Callable[[int], None] = lambda _: None) -> None:
    """Let a city live for so many days; ends early at the first night on which something is broken."""
    for day in range(days):
        _day(city, chronicle)
        city.settle()
        chronicle.days = day + 1
        chronicle.broken += judge(city)
        on_day(chronicle.days)
        if chronicle.broken:
            break
    chronicle.restarts = city.restarts
    chronicle.subscriptions = len(city.objects("subscription"))
    chronicle.edges = edges_taken(sorted(city.objects("event"), key=lambda event: event["created"]))


def _day(city: City, chronicle: Chronicle) -> None:
    for _ in range(STEPS_A_DAY):
        for _ in range(_how_many(city.chance, len(city.readers) * DEEDS_A_DAY / STEPS_A_DAY)):
            deed = city.chance.choices(list(DEEDS), weights=list(DEEDS.values()))[0]
            done = attempt(city, deed, _somebody(city, deed))
            chronicle.deeds, chronicle.refused = chronicle.deeds + done, chronicle.refused + (not done)
            if city.chance.random() < 0.3:
                city.deliver(0.7)
            if city.chance.random() < 0.3:
                city.drain()
        city.time.move(hours=24 / STEPS_A_DAY)
        city.sandbox.tick()


def _somebody(city: City, deed: Deed) -> int:
    """Return who does it, or to whom it happens: mostly somebody to whom it can."""
    subscribers = city.subscribers() if deed not in (subscribe, subscribe_in_two_tabs) else []
    return city.chance.choice(subscribers if subscribers and city.chance.random() < 0.9 else city.readers)


def _how_many(chance: random.Random, mean: float) -> int:
    return int(mean) + (chance.random() < mean - int(mean))


def run(engine: str, seed: int, days: int, readers: int, on_day: Callable[[int], None] = lambda _: None) -> Chronicle:
    """Found a city, let it live, and return what happened."""
    with tempfile.TemporaryDirectory(prefix="paywall-city-") as name, _database(engine, Path(name)) as url:
        chronicle = Chronicle(seed, engine)
        with found(url, Path(name), seed) as city:
            city.settle_readers(readers)
            live(city, chronicle, days, on_day)
    return chronicle


@contextmanager
def _database(engine: str, folder: Path) -> Iterator[str]:
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'city.sqlite3'}"
        return
    with ExitStack() as stack:
        yield postgres(stack, folder)


def main() -> int:
    """Run what the command line asks for."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--seeds", type=int, default=3)
    words.add_argument("--first", type=int, default=1, help="the first seed")
    words.add_argument("--days", type=int, default=30)
    words.add_argument("--readers", type=int, default=200)
    words.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    given = words.parse_args()
    logs.configure("critical")  # what goes wrong on the way is meant to
    chronicles = []
    for seed in range(given.first, given.first + given.seeds):
        chronicles.append(run(given.engine, seed, given.days, given.readers))
        _say("\n  ".join(map(str, [chronicles[-1], *chronicles[-1].broken])))
    edges = set[str]().union(*(one.edges for one in chronicles))
    total = sum(len(one.broken) for one in chronicles)
    lived = f"{given.seeds} seeds x {given.days} days x {given.readers} readers"
    _say(f"{lived}: edges taken {len(edges)} of {len(EDGES)}, invariants broken {total}")
    if EDGES - edges:
        _say(f"never taken: {', '.join(sorted(EDGES - edges))}")
    return int(total > 0)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
