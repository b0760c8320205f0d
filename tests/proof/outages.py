"""Our endpoint is away for minutes, days or weeks, and nothing runs on our side; then it comes back.

`python -m tests.proof.outages [--engine sqlite|postgres]` prints one line for each length and database: how long after
the return everything equalled Stripe, in seconds on the turned clock. Meanwhile readers subscribe, renew, cancel, are
refunded and fail to pay. Nobody does anything by hand afterwards: a process starts, with the work that it always does.
"""

import argparse
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import track

from bench.checkout_race import new_publisher
from bench.engines import postgres
from paywall import logs
from paywall.publishers.rules import Profile
from tests.proof.equality import differences
from tests.proof.outage_turns import TURNS, Life, subscribe
from tests.proof.stage import RunningTime, Stage, open_stage

LENGTHS = {
    "10 min": timedelta(minutes=10),
    "71 h": timedelta(hours=71),
    "73 h": timedelta(hours=73),
    "29 d": timedelta(days=29),
    "31 d": timedelta(days=31),
}
PROMISED = timedelta(minutes=5)
_STEPS = 40
_PATIENCE_SECONDS = 60
_LOOK_EACH_SECONDS = 0.2


@dataclass
class Outcome:
    """What became of one outage."""

    length: str
    engine: str
    differences_before: int = 0
    differences: list[str] = field(default_factory=list)
    took: timedelta = timedelta()

    @property
    def is_good(self) -> bool:
        return self.differences_before > 0 and not self.differences and self.took <= PROMISED

    def __str__(self) -> str:
        seconds = f"{self.took.total_seconds():.1f} s"
        how = f"equal to Stripe after {seconds}" if not self.differences else f"NOT equal to Stripe after {seconds}"
        line = f"down {self.length} on {self.engine}: {self.differences_before} differences, {how}"
        return "\n".join([line, *self.differences[:20]])


def outage(database_url: str, publisher: Profile, folder: Path, length: str) -> Outcome:
    """Play one outage on a database that has its tables and a publisher."""
    outcome = Outcome(length, "sqlite" if database_url.startswith("sqlite") else "postgres")
    with open_stage(database_url, publisher, folder, RunningTime()) as stage:
        lives = [subscribe(stage) for _ in range(len(TURNS) + 1)]
        stage.settle()
        stage.time.move(seconds=(_until_renewal(stage) - LENGTHS[length] / 2).total_seconds())
        stage.settle()
        assert differences(stage) == []
        stage.is_open = False
        _live_through(stage, lives, LENGTHS[length])
        outcome.differences_before = len(differences(stage))
        outcome.took = come_back(stage)
        outcome.differences = differences(stage)
    return outcome


def _live_through(stage: Stage, lives: list[Life], length: timedelta) -> None:
    """Turn the clock to the end of the outage; what was begun before it is paid within, and nobody hears of it."""
    page = stage.shop.click(stage.shop.reader())
    returns_at = stage.time.now() + length
    for number in range(_STEPS):
        if number < len(TURNS):
            TURNS[number](stage, lives[number])
        if number == 1:
            stage.shop.pay(page)
        stage.time.move(seconds=max(0.0, (returns_at - stage.time.now()).total_seconds() / (_STEPS - number)))
        stage.shop.sandbox.tick()
        stage.send_what_is_due()


def _until_renewal(stage: Stage) -> timedelta:
    """Return how long it is until Stripe charges for the second period."""
    ends = [found["items"]["data"][0]["current_period_end"] for found in stage.at_stripe("subscription")]
    return datetime.fromtimestamp(min(ends), UTC) + timedelta(hours=1) - stage.time.now()


def come_back(stage: Stage) -> timedelta:
    """Start a process with its ordinary work; returns how long it took, on the turned clock, until all was equal."""
    stage.is_open = True
    stage.begin_anew()
    since, deadline = stage.time.now(), time.monotonic() + _PATIENCE_SECONDS
    stage.shop.product.work.start()
    while differences(stage) and time.monotonic() < deadline:
        stage.send_what_is_due()
        time.sleep(_LOOK_EACH_SECONDS)
    took = stage.time.now() - since
    stage.shop.product.work.stop()
    return took


def main() -> int:
    """Play every length on both databases and print one line for each."""
    logs.configure("critical")  # what goes wrong on the way is meant to
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--engine", choices=["sqlite", "postgres"], action="append")
    words.add_argument("--length", choices=list(LENGTHS), action="append")
    given = words.parse_args()
    runs = [(length, engine) for length in given.length or LENGTHS for engine in given.engine or ["sqlite", "postgres"]]
    is_good = True
    for length, engine in track(runs, "outages", console=Console(stderr=True)):
        outcome = _on(engine, length)
        print(outcome, flush=True)  # noqa: T201 - this is what the command is for
        is_good = is_good and outcome.is_good
    return int(not is_good)


def _on(engine: str, length: str) -> Outcome:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="paywall-outages-")))
        url = postgres(stack, folder) if engine == "postgres" else f"sqlite:///{folder / 'paywall.sqlite3'}"
        return outage(url, new_publisher(url), folder, length)


if __name__ == "__main__":
    sys.exit(main())
