"""Stripe keeps no order: the events of one story, in every order there is, must end in one and the same state.

`python -m tests.proof.orders [--engine sqlite|postgres]` prints one line for each story: how many orders on how many
databases, and how many final states those had. In every run each event comes a second time at some place, and the
inbox is worked off at some places between the deliveries. The clock stands still, so that all else can be compared.
"""

import argparse
import itertools
import json
import random
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track

from bench.checkout_race import new_publisher
from bench.engines import postgres
from paywall import logs
from paywall.billing.webhooks.drain import drain_once
from paywall.publishers.rules import Profile
from paywall.sandbox.webhooks.delivery import sign
from tests.billing.shop import SITE
from tests.proof.order_stories import STORIES, TODAY, Story
from tests.proof.rows import Rows, read_rows, without_numbers
from tests.proof.stage import RunningTime, Saved, Stage, open_stage

Event = dict[str, Any]
Order = tuple[int, ...]
COMPARED = ("subscriptions", "invoices", "payments", "refunds", "disputes", "entitlements", "outbox_mails",
            "audit_entries", "customers", "readers", "trials")  # fmt: skip
"""Tables of which every column counts but the row's number; those that a version has not got are left out."""
_TOKEN = re.compile(r"(/billing/[a-z]+/)[A-Za-z0-9_-]+")
"""A signed link in a mail: Stripe's id is in it, in other letters."""

_STRIPE_WORD = re.compile(r"\b([a-z]+_(?:test_)?)[A-Za-z0-9]{10,}|\b[A-Z0-9]{8}-\d{4}\b")


@dataclass
class Outcome:
    """What many orders of one story ended in."""

    story: str
    orders: int = 0
    databases: int = 0
    endings: set[str] = field(default_factory=set)
    """Each without the ids that Stripe happened to give, so that databases can be compared."""
    complaints: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return len(self.endings) == 1 and not self.complaints

    def __str__(self) -> str:
        states = f"{len(self.endings)} final state{'s' if len(self.endings) > 1 else ''}"
        line = f"{self.story}: {self.orders} orders x {self.databases} databases: {states}"
        return "\n".join([line, *self.complaints[:20]])


@dataclass
class Play:
    """A story that has happened at Stripe, of which we know nothing yet."""

    stage: Stage
    before: Saved
    events: list[Event]
    secret: str

    def run(self, order: Iterable[int], chance: random.Random) -> Rows:
        """Have the events come in this order; returns everything that is stored in the end."""
        self.stage.restore(self.before)
        for number in with_copies(tuple(order), chance):
            self.send(self.events[number])
            if chance.random() < 0.5:
                drain_once(self.stage.shop.billing)
        drain_once(self.stage.shop.billing)
        return read_rows(self.stage.shop.database)

    def send(self, event: Event) -> None:
        body = json.dumps(event).encode()
        at = int(self.stage.time.now().timestamp())
        headers = {"Stripe-Signature": sign(self.secret, body, at)}
        assert self.stage.deliver(f"{SITE}/webhooks/stripe", body, headers) == 200


def with_copies(order: Order, chance: random.Random) -> list[int]:
    """Return the order with each of its numbers once more at some later place."""
    twice = list(order)
    for number in order:
        twice.insert(chance.randint(twice.index(number) + 1, len(twice)), number)
    return twice


def try_orders(database_url: str, publisher: Profile, folder: Path, story: Story, most: int | None = None) -> Outcome:
    """Try all orders of a story on one database, or `most` of them drawn by lot."""
    outcome, chance, endings = Outcome(story.name, databases=1), random.Random(7), set()
    with play(database_url, publisher, folder, story) as played:
        for order in orders(len(story.types), most, chance):
            rows = played.run(order, chance)
            outcome.orders += 1
            endings.add(ending(rows))
            outcome.complaints += [f"{order}: {said}" for said in (story.expected(rows), left_open(rows)) if said]
    outcome.endings = {_TOKEN.sub(r"\1", _STRIPE_WORD.sub(r"\1", one)) for one in endings}
    if len(endings) > len(outcome.endings):
        outcome.complaints.append("endings differ in their ids")
    return outcome


def orders(events: int, most: int | None, chance: random.Random) -> Sequence[Order]:
    """Return every order of so many events, or `most` of them."""
    every = list(itertools.permutations(range(events)))
    return every if most is None else chance.sample(every, min(most, len(every)))


@contextmanager
def play(database_url: str, publisher: Profile, folder: Path, story: Story) -> Iterator[Play]:
    """Let a story happen at Stripe while nothing of it reaches us."""
    with open_stage(database_url, publisher, folder, RunningTime(stands_at=TODAY)) as stage:
        story.begin(stage)
        known = {event["id"] for event in stage.at_stripe("event")}
        story.live(stage)
        caused = [event for event in stage.at_stripe("event")[::-1] if event["id"] not in known]
        events = [next(event for event in caused if event["type"] == kind) for kind in story.types]
        yield Play(stage, stage.save(), events, stage.shop.product.settings.stripe_webhook_secrets[0])


def ending(rows: Rows) -> str:
    """Return a final state as one text: two are the same only if nothing differs."""
    told = {name: without_numbers(rows[name]) for name in COMPARED if name in rows}
    told["billing_events"] = sorted(f"{row['type']} {row['state']} {row['event_id']}" for row in rows["billing_events"])
    return json.dumps(told)


def left_open(rows: Rows) -> str:
    """Name the events that nobody has worked off."""
    waiting = [row["type"] for row in rows["billing_events"] if row["state"] in ("waiting", "parked")]
    return f"left open: {', '.join(waiting)}" if waiting else ""


def main() -> int:
    """Try every order on both databases and print one line for each story."""
    logs.configure("critical")  # what goes wrong on the way is meant to
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--engine", choices=["sqlite", "postgres"], action="append")
    engines = words.parse_args().engine or ["sqlite", "postgres"]
    outcomes = []
    for story in track(STORIES, "stories", console=Console(stderr=True)):
        outcomes.append(together(story, [_on(engine, story) for engine in engines]))
        print(outcomes[-1], flush=True)  # noqa: T201 - this is what the command is for
    return int(not all(outcome.is_good for outcome in outcomes))


def together(story: Story, parts: Sequence[Outcome]) -> Outcome:
    """Put the outcomes on several databases side by side."""
    endings = {ending for one in parts for ending in one.endings}
    complaints = [said for one in parts for said in one.complaints]
    return Outcome(story.name, parts[0].orders, len(parts), endings, complaints)


def _on(engine: str, story: Story) -> Outcome:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="paywall-orders-")))
        url = postgres(stack, folder) if engine == "postgres" else f"sqlite:///{folder / 'paywall.sqlite3'}"
        return try_orders(url, new_publisher(url), folder, story)


if __name__ == "__main__":
    sys.exit(main())
