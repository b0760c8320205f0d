"""The process ends before its n-th step, for every n there is: who goes on finds nothing lost and nothing doubled.

`python -m tests.proof.crash_points [--engine sqlite|postgres] [--flow NAME]` prints one line for each flow and
database: at how many points the process was ended, how many answers of Stripe were lost on their way, and how many of
both were recovered from. A step is a statement, a commit, or a request to Stripe. After the end a fresh process begins
over the same database and beside the same Stripe; the user tries again; webhooks come; workers work.
"""

import argparse
import copy
import itertools
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from sqlalchemy import func, select

from bench.checkout_race import new_publisher
from bench.engines import postgres
from paywall import logs
from paywall.audit import AuditEntry
from paywall.database import Base
from paywall.errors import PaywallError
from paywall.outbox import OutboxMail
from paywall.publishers.rules import Profile
from tests.proof.flows import FLOWS
from tests.proof.flows.flow import Flow
from tests.proof.stage import RunningTime, Saved, Stage, open_stage
from tests.proof.steps import ProcessEnds, Steps, counted

_A_MINUTE = 61
"""Longer than any claim of a dead process lasts, ours or the stand-in's."""


@dataclass
class Outcome:
    """What became of one flow."""

    flow: str
    engine: str
    ends: int = 0
    lost: int = 0
    complaints: list[str] = field(default_factory=list)
    failed: int = 0

    @property
    def is_good(self) -> bool:
        return self.ends > 0 and not self.complaints

    def __str__(self) -> str:
        points = self.ends + self.lost
        line = (
            f"{self.flow} on {self.engine}: {points} crash points ({self.ends} ends, {self.lost} answers lost), "
            f"recovered {points - self.failed}"
        )
        return "\n".join([line, *self.complaints[:20]])


@dataclass
class Play:
    """A flow that is begun again and again from the same moment."""

    stage: Stage
    flow: Flow
    saved: Saved

    def steps(self) -> Steps:
        """Return the steps that the flow takes if nothing happens to it; what is wrong even then is an error here."""
        steps, problems = self.run(Steps())
        assert not problems, problems
        return steps

    def run(self, steps: Steps) -> tuple[Steps, list[str]]:
        """Run once, strike where `steps` says, go on; returns the steps and all that is wrong in the end."""
        self.stage.restore(self.saved)
        flow = copy.copy(self.flow)
        flow.begin()
        with counted(self.stage, steps), suppress(ProcessEnds, PaywallError):
            flow.act()
        if steps.struck_at:
            self._recover(flow, steps)
        self.stage.settle()
        return steps, [*flow.problems(), *wrong_anywhere(self.stage)]

    def _recover(self, flow: Flow, steps: Steps) -> None:
        if steps.ends_before:
            self.stage.begin_anew()
        self.stage.time.move(seconds=_A_MINUTE)
        flow.again()


@contextmanager
def play(database_url: str, publisher: Profile, folder: Path, flow: type[Flow]) -> Iterator[Play]:
    """Set a flow up on a database that has its tables and a publisher."""
    with open_stage(database_url, publisher, folder, RunningTime()) as stage:
        begun = flow(stage)
        yield Play(stage, begun, stage.save())


def strike(played: Play, point: Steps, outcome: Outcome) -> bool:
    """Strike at one point and note what became of it; False if the flow ended before it came there."""
    steps, problems = played.run(point)
    if steps.struck_at:
        outcome.ends += bool(point.ends_before)
        outcome.lost += bool(point.loses)
        outcome.failed += bool(problems)
        where = f"ended before step {point.ends_before}" if point.ends_before else f"lost answer {point.loses}"
        outcome.complaints += [f"{where} ({steps.struck_at}): {problem}" for problem in problems]
    return bool(steps.struck_at)


def strike_everywhere(played: Play, outcome: Outcome, on_point: Callable[[], object] = lambda: None) -> None:
    """Strike at every point there is: n = 1, 2, 3 … until the flow has ended before its n-th comes."""
    for number in itertools.count(1):
        if not strike(played, Steps(ends_before=number), outcome):
            break
        on_point()
    for number in itertools.count(1):
        if not strike(played, Steps(loses=number), outcome):
            return
        on_point()


def wrong_anywhere(stage: Stage) -> Iterator[str]:
    """Name what may be wrong after any flow: open events, mails or audit rows twice, rows that point to nothing."""
    if left := stage.open_events():
        yield f"{left} events left open"
    with stage.shop.database.reading() as session:
        cause = (OutboxMail.kind, OutboxMail.cause)
        for row in session.execute(select(*cause, func.count()).group_by(*cause).having(func.count() > 1)):
            yield f"mail twice: {row}"
        entries = list(session.scalars(select(AuditEntry).where(AuditEntry.actor == "stripe").order_by(AuditEntry.id)))
    for entry, following in itertools.pairwise(entries):
        if (entry.action, entry.subject, entry.detail) == (following.action, following.subject, following.detail):
            yield f"audit row twice: {entry.action} {entry.subject}"
    yield from rows_that_point_to_nothing(stage)
    yield from stage.shop.transport.caught


def rows_that_point_to_nothing(stage: Stage) -> Iterator[str]:
    """Name foreign keys that hold no longer."""
    with stage.shop.database.reading() as session:
        for table in Base.metadata.sorted_tables:
            for key in table.foreign_keys:
                there = select(key.column).where(key.column == key.parent).correlate(table).exists()
                lonely = select(func.count()).select_from(table).where(key.parent.is_not(None), ~there)
                if session.scalar(lonely):
                    yield f"{table.name}.{key.parent.name} points to nothing"


def main() -> int:
    """Strike everywhere in every flow on both databases, and print one line for each."""
    logs.configure("critical")  # what goes wrong on the way is meant to
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--engine", choices=["sqlite", "postgres"], action="append")
    words.add_argument("--flow", choices=[flow.name for flow in FLOWS], action="append")
    given = words.parse_args()
    is_good = True
    with Progress(console=Console(stderr=True)) as progress:
        for flow in [flow for flow in FLOWS if flow.name in (given.flow or [flow.name])]:
            for engine in given.engine or ["sqlite", "postgres"]:
                outcome = _on(engine, flow, progress)
                print(outcome, flush=True)  # noqa: T201 - this is what the command is for
                is_good = is_good and outcome.is_good
    return int(not is_good)


def _on(engine: str, flow: type[Flow], progress: Progress) -> Outcome:
    outcome = Outcome(flow.name, engine)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="paywall-crashes-")))
        url = postgres(stack, folder) if engine == "postgres" else f"sqlite:///{folder / 'paywall.sqlite3'}"
        played = stack.enter_context(play(url, new_publisher(url), folder, flow))
        steps = played.steps()
        task = progress.add_task(f"{flow.name} on {engine}", total=len(steps.taken) + steps.calls)
        strike_everywhere(played, outcome, lambda: progress.advance(task))
    return outcome


if __name__ == "__main__":
    sys.exit(main())
