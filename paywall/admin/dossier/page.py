"""A dossier put together for its template: everything is text by now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from paywall.admin.dossier.deeds import actor_words
from paywall.admin.dossier.facts import MOST, Facts
from paywall.admin.dossier.money import InvoiceLine, SubscriptionLine, invoice_lines, subscription_lines
from paywall.admin.dossier.standing import Verdict, verdict_on
from paywall.admin.dossier.timeline import Happening, timeline
from paywall.admin.dossier.words import mail_state
from paywall.admin.ground.days import Days, Moment
from paywall.admin.staff.browsers import browser_words
from paywall.admin.subscribers.showing.words import State, Tone
from paywall.entitlements.comps import name_of_grant
from paywall.entitlements.rules import Source
from paywall.entitlements.tables import EntitlementRow
from paywall.gate.answers import Reading
from paywall.readers.email_address import for_people

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KINDS: dict[str, str] = {Source.COMP: "Comp", Source.IMPORT: "Import"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of one of the small tables: when, what, and more of it; `state` where it has one."""

    at: Moment
    what: str
    more: str = ""
    state: State | None = None


@dataclass(frozen=True, slots=True)
class MeterLine:
    """A meter as it stands."""

    name: str
    used: str
    resets: Moment
    is_degraded: bool


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that the page shows."""

    reader_id: int
    address: str
    is_erased: bool
    joined: Moment
    confirmed: Moment | None
    verdict: Verdict
    subscriptions: Sequence[SubscriptionLine]
    invoices: Sequence[InvoiceLine]
    meters: Sequence[MeterLine]
    devices: Sequence[Line]
    mails: Sequence[Line]
    grants: Sequence[Line]
    notes: Sequence[Line]
    timeline: Sequence[tuple[Moment, Happening]]
    earlier: int | None
    """The word for the timeline's next page: microseconds of the epoch."""
    is_earlier: bool
    """It shows what happened before some moment, and nothing else."""
    article: str
    """The slug of the article at whose wall the reader stood last; empty for none."""


def dossier(facts: Facts, meters: Sequence[Reading]) -> Dossier:
    """Return the page of a reader."""
    days, reader = Days(facts.publisher.timezone), facts.reader
    past = timeline(facts, days)
    return Dossier(
        reader_id=reader.id,
        address=for_people(reader.email),
        is_erased=not reader.active,
        joined=days.on(reader.created_at),
        confirmed=days.on(reader.confirmed_at) if reader.confirmed_at else None,
        verdict=verdict_on(facts, days),
        subscriptions=subscription_lines(facts, days),
        invoices=invoice_lines(facts.invoices, days),
        meters=[_meter(one, days) for one in meters],
        devices=[Line(days.at(one.since), browser_words(one.user_agent)) for one in facts.devices],
        mails=[Line(days.at(one.written_at), one.subject, state=mail_state(one)) for one in facts.mails[:MOST]],
        grants=[_grant(row, days, facts.now) for row in facts.rights if row.source != Source.SUBSCRIPTION],
        notes=[Line(days.at(one.written_at), one.text, _author(one.author, facts.staff)) for one in facts.notes],
        timeline=[(days.at(one.at), one) for one in past.happenings],
        earlier=microseconds(past.earlier) if past.earlier else None,
        is_earlier=facts.before is not None,
        article=_last_wall(facts),
    )


def microseconds(at: datetime) -> int:
    """Return a moment as microseconds of the epoch, exactly."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def moment_of(microseconds: int) -> datetime:
    """Return the moment of so many microseconds of the epoch."""
    return _EPOCH + timedelta(microseconds=microseconds)


def _author(author: str, staff: Mapping[str, str]) -> str:
    return actor_words(author, staff)


def _meter(reading: Reading, days: Days) -> MeterLine:
    used = f"{reading.used} of {reading.allowance}"
    return MeterLine(reading.name, used, days.at(reading.resets_at), reading.is_degraded)


def _grant(row: EntitlementRow, days: Days, now: datetime) -> Line:
    name = name_of_grant(row.value)
    what = f"Grant “{name}”" if name else _KINDS.get(row.source, row.source)
    is_open = row.value.grants_access(now)
    state = State(f"until {days.day(row.valid_until)}", Tone.GOOD) if is_open else None
    return Line(
        days.on(row.created_at), what, row.reason, state or State(f"ended {days.day(row.valid_until)}", Tone.QUIET)
    )


def _last_wall(facts: Facts) -> str:
    shut = (facts.articles.get(one.article_id) for one in facts.answers if one.extent == "preview")
    return next((name.slug for name in shut if name), "")
