"""What the gate answered one reader lately, and how far the meters have counted: what a person on the phone asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from paywall.gate.access import Gate
from paywall.gate.events import GateEvent
from paywall.gate.metering import Question
from paywall.publishers.rules import Profile


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer at the gate; the words are those of `paywall.gate.decision`, `at` is business time."""

    at: datetime
    article_id: int
    extent: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One meter as it stands for one reader; `is_degraded` where its store could not be asked."""

    name: str
    used: int
    allowance: int
    resets_at: datetime
    is_degraded: bool


def latest_answers(session: Session, reader_id: int, most: int, before: datetime | None = None) -> Sequence[Answer]:
    """Return the newest counted answers that a reader got, newest first; before a moment, if one is given."""
    columns = (GateEvent.at, GateEvent.article_id, GateEvent.extent, GateEvent.reason)
    query = select(*columns).where(GateEvent.reader_id == reader_id)
    if before is not None:
        query = query.where(GateEvent.at < before)
    return [Answer(*row) for row in session.execute(query.order_by(GateEvent.at.desc()).limit(most))]


def read_meters(gate: Gate, profile: Profile, reader_id: int, now: datetime) -> list[Reading]:
    """Return what each of the publisher's meters says of a reader at business time `now`. Spends nothing."""
    by_meter = {profile.default_meter.id: ""}
    for section in profile.sections:
        by_meter.setdefault(profile.meter_for(section.slug).id, section.slug)
    return [_read(gate, profile, slug, reader_id, now) for slug in by_meter.values()]


def _read(gate: Gate, profile: Profile, section: str, reader_id: int, now: datetime) -> Reading:
    terms = gate.terms.of(profile, section)
    asked = Question(terms, f"r{reader_id}", "", terms.reader_allowance, now, counts=False, network=None)
    said, is_degraded = gate.meter.ask(asked)
    return Reading(
        profile.meter_for(section).name, said.views_used, terms.reader_allowance, said.resets_at, is_degraded
    )
