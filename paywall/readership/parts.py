"""The parts of this room, put together for a process that serves."""

from typing import NamedTuple

from flask import Flask

from paywall import clock
from paywall.background import Job
from paywall.database import Database
from paywall.gate.parts import GateParts
from paywall.publishers.profiles import Profiles
from paywall.readership import watching
from paywall.readership.buffer import FLUSH_SECONDS, Readership
from paywall.readership.forgetting import sweep
from paywall.readership.ground import Ground
from paywall.readership.holders import Holders
from paywall.readership.steps import LOOK_SECONDS, take_checkouts
from paywall.settings import Settings

_AN_HOUR = 60 * 60


class ReadershipParts(NamedTuple):
    """What others may need."""

    readership: Readership
    ground: Ground
    jobs: tuple[Job, ...]


def install(app: Flask, settings: Settings, database: Database, profiles: Profiles, gate: GateParts) -> ReadershipParts:
    """Keep what the gate of this process answers, and what `app` answers to sign-ups."""
    ground = Ground(profiles, gate.catalogue, Holders(settings.secret_key))
    readership = Readership(database, ground, gate.events)
    watching.install(app, settings, readership)

    def look() -> None:
        take_checkouts(database, ground, clock.now(), clock.wall())

    jobs = (
        Job("readership", FLUSH_SECONDS, readership.flush),
        Job("checkouts", LOOK_SECONDS, look),
        Job("old readership", _AN_HOUR, lambda: forget_old(database, settings.readership_days)),
    )
    return ReadershipParts(readership, ground, jobs)


def forget_old(database: Database, days: int) -> None:
    """Delete what is too old, in transactions that hold nobody up."""
    is_more = True
    while is_more:
        with database.writing() as session:
            is_more = sweep(session, clock.now(), days)
