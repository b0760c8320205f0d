"""One storm on an empty database, and its figures."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from paywall import schema
from paywall.billing.webhooks.drain import drain_once
from paywall.billing.webhooks.incoming import concerns_us
from paywall.database import Base, Database
from paywall.publishers.profiles import read_profile
from paywall.publishers.setup import NewPublisher, set_up_publisher
from tests.billing.stripe_world import World, make_world
from tests.proof.storm import reckoning
from tests.proof.storm.delivering import Courier
from tests.proof.storm.stories import STORIES, Fate, begin, first_chapters
from tests.proof.storm.tape import Tape
from tests.proof.storm.workers import killed_workers

LEASE_SECONDS = 0.4
DELIVERIES_PER_READER = 58
"""A few less than a reader's story causes."""


@dataclass(frozen=True)
class Wind:
    """How hard it blows; `deliveries` counts each of an event's three."""

    deliveries: int
    seed: int = 1
    workers: int = 2
    kill_ms: int = 200


@dataclass(frozen=True)
class Outcome:
    """The figures of a storm."""

    engine: str
    seed: str
    events: int
    sent: int
    refused: int
    kills: int
    restarts: int
    subscriptions: int
    seconds: float
    lost: int
    doubled: int
    wrong: int

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.doubled or self.wrong)

    def __str__(self) -> str:
        restarts = f"{self.restarts} restarts of the server ({self.refused} answers 503), " if self.restarts else ""
        return (
            f"storm on {self.engine}, {self.seed}: {self.events:,} events of ours, {self.sent:,} deliveries, "
            f"{self.kills:,} kills, {restarts}{self.subscriptions:,} readers, {self.seconds:,.0f} s: "
            f"lost {self.lost}, doubled {self.doubled}, wrong {self.wrong}"
        )


def total(outcomes: Sequence[Outcome]) -> Outcome:
    """Return the sums over several storms."""
    names = ("events", "sent", "refused", "kills", "restarts", "subscriptions", "seconds", "lost", "doubled", "wrong")
    sums = {name: sum(getattr(one, name) for one in outcomes) for name in names}
    return Outcome(engine=outcomes[0].engine, seed=f"{len(outcomes)} seeds in all", **sums)


class Lightning:
    """Does nothing; one that strikes crash-restarts the database."""

    struck = 0

    def hear(self, share: float) -> None:
        """Hear which share of all deliveries has been taken."""

    def end(self) -> None:
        """Return when the database is there again."""


def blow(
    database_url: str,
    folder: Path,
    wind: Wind,
    lightning: Lightning | None = None,
    tell: Callable[[str], object] = lambda _: None,
) -> Outcome:
    """Run one storm on an empty database and return its figures; `tell` hears each thing that was left wrong."""
    world, lightning = _world(database_url, folder), lightning or Lightning()
    old, new, fates = first_chapters(world, max(4, wind.deliveries // DELIVERIES_PER_READER))
    fates += _rehearse(world)
    world.database.close()
    world.sandbox.store.close()
    began = time.monotonic()
    with killed_workers(world, wind.workers, wind.kill_ms) as kills:
        courier = Courier(
            world, random.Random(wind.seed), old + new, fates, lambda sent: lightning.hear(sent / wind.deliveries)
        )
        courier.deliver_all()
        lightning.end()
    seconds, events = time.monotonic() - began, [event for event in courier.events if concerns_us(event["type"])]
    wrong = reckoning.wrong(world, fates)
    for one in wrong:
        tell(one)
    return Outcome(
        engine="SQLite" if world.database.is_sqlite else "PostgreSQL",
        seed=f"seed {wind.seed}",
        events=len(events),
        sent=courier.sent,
        refused=courier.refused,
        kills=kills.value,
        restarts=lightning.struck,
        subscriptions=len(fates),
        seconds=seconds,
        lost=reckoning.lost(world, events),
        doubled=reckoning.doubled(world),
        wrong=len(wrong),
    )


def _rehearse(world: World) -> list[Fate]:
    """Play every story once in peace: the workers, being forked, then have at hand all that they need."""
    tape = Tape(world.sandbox.store)
    tape.fresh()
    lives = [begin(world) for _ in STORIES]
    fates = [
        Fate(name, life.reader_id, story(world, life))
        for life, (name, story) in zip(lives, STORIES.items(), strict=True)
    ]
    world.keep(*tape.fresh())
    while drain_once(world.billing):
        pass
    return fates


def _world(database_url: str, folder: Path) -> World:
    schema.load_tables()
    database = Database(database_url)
    Base.metadata.create_all(database.engine)
    with database.writing() as session:
        row = set_up_publisher(session, NewPublisher("news", "The News", "news.test"))
    with database.reading() as session:
        world = make_world(database, read_profile(session, row.id), folder)
    return replace(world, billing=replace(world.billing, lease_seconds=LEASE_SECONDS))
