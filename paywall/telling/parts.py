"""What telling needs, in one value."""

from dataclasses import dataclass

from paywall.database import Database
from paywall.outgoing.asking import Limits, Outgoing
from paywall.safe import Safe
from paywall.settings import Settings

LIMITS = Limits(connect_seconds=5, read_seconds=15, total_seconds=15, answer_bytes=500)
"""Fifteen seconds for everything, which is what receivers are promised; of the answer only the beginning is kept."""


@dataclass(frozen=True, slots=True)
class Telling:
    """Safe to share between threads."""

    database: Database
    safe: Safe
    outgoing: Outgoing
    limits: Limits = LIMITS


def make_telling(settings: Settings, database: Database) -> Telling:
    """Return the parts that the settings describe."""
    return Telling(database, Safe(settings.secret_key, "webhooks"), Outgoing(settings.outgoing_hosts))
