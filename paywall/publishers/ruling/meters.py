"""Meters: adding, changing and removing them, and which sections each of them counts."""

from dataclasses import asdict, dataclass
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from paywall.errors import BadInput, NotFound, PaywallError
from paywall.publishers.rules import MeterRules, WindowKind
from paywall.publishers.ruling.holding import hold_publisher
from paywall.publishers.ruling.noting import bring_to, note
from paywall.publishers.tables import Meter, Publisher, Section

MOST_METERS = 50
MOST_ALLOWED = 1_000
MOST_ROLLING_DAYS = 366
LONGEST_NAME = 60


class MeterIsNeeded(PaywallError):
    """This meter counts every section that has none of its own; it can't be removed."""

    status = 409
    code = "meter_is_needed"


@dataclass(frozen=True, slots=True)
class WantedMeter:
    """A meter as it should be: distinct articles a window for visitors and for readers with an account."""

    name: str
    visitor_allowance: int
    reader_allowance: int
    window_kind: WindowKind
    rolling_days: int | None = None
    """Of a rolling window, and of no other."""


def add_meter(session: Session, publisher_id: int, wanted: WantedMeter, *, actor: str) -> int:
    """Add a meter that counts nothing yet, and return its number; raises BadInput."""
    hold_publisher(session, publisher_id)  # of two who add meters at once, one comes first
    others = _meters(session, publisher_id)
    if len(others) >= MOST_METERS:
        raise BadInput("name", f"There are {MOST_METERS} meters already: remove one first.")
    _refuse_odd(wanted, others, None)
    row = Meter(publisher_id=publisher_id, is_default=False, **_columns(wanted))
    session.add(row)
    session.flush()
    note(session, publisher_id, actor, "meter_added", meter=row.id, after=_columns(wanted))
    return row.id


def change_meter(session: Session, publisher_id: int, meter_id: int, wanted: WantedMeter, *, actor: str) -> bool:
    """Bring a meter to what is wanted, and tell whether it was different; raises BadInput, NotFound.

    An article that somebody has opened in the running window stays open, whatever the new allowance.
    """
    row = _meter(session, publisher_id, meter_id)
    _refuse_odd(wanted, _meters(session, publisher_id), meter_id)
    changed = bring_to(row, _columns(wanted))
    if changed:
        note(session, publisher_id, actor, "meter_changed", meter=meter_id, **changed)
    return bool(changed)


def remove_meter(session: Session, publisher_id: int, meter_id: int, *, actor: str) -> None:
    """Remove a meter; its sections are counted by the default one again. Raises NotFound, MeterIsNeeded."""
    hold_publisher(session, publisher_id)  # nobody has a section counted by it meanwhile
    row = _meter(session, publisher_id, meter_id)
    if row.is_default:
        raise MeterIsNeeded
    ours = (Section.publisher_id == publisher_id, Section.meter_id == meter_id)
    session.execute(update(Section).where(*ours).values(meter_id=None))
    note(session, publisher_id, actor, "meter_removed", meter=meter_id, name=row.name)
    session.delete(row)
    session.flush()


def count_section_by(session: Session, publisher_id: int, slug: str, meter_id: int | None, *, actor: str) -> bool:
    """Have a section's articles counted by a meter, None: by the default one; tells whether that is new."""
    section = section_of(session, publisher_id, slug)
    if meter_id is not None and _meter(session, publisher_id, meter_id).is_default:
        meter_id = None
    changed = bring_to(section, {"meter_id": meter_id})
    if changed:
        note(session, publisher_id, actor, "section_meter_set", section=slug, **changed)
    return bool(changed)


def set_timezone(session: Session, publisher_id: int, timezone: str, *, actor: str) -> bool:
    """Have days, weeks and months begin by the clocks of an IANA zone; raises BadInput."""
    if timezone not in available_timezones():
        raise BadInput("timezone", "Give an IANA time zone, such as Europe/Berlin or Asia/Baku.")
    changed = bring_to(session.get_one(Publisher, publisher_id), {"timezone": ZoneInfo(timezone).key})
    if changed:
        note(session, publisher_id, actor, "timezone_set", **changed)
    return bool(changed)


def meter_rules(session: Session, publisher_id: int, meter_id: int) -> MeterRules:
    """Return a meter as a value; raises NotFound."""
    row = _meter(session, publisher_id, meter_id)
    kind = WindowKind(row.window_kind)
    return MeterRules(row.id, row.name, row.visitor_allowance, row.reader_allowance, kind, row.rolling_days)


def section_of(session: Session, publisher_id: int, slug: str) -> Section:
    """Return a publisher's section; raises NotFound."""
    row = session.scalar(select(Section).where(Section.publisher_id == publisher_id, Section.slug == slug))
    if row is None:
        raise NotFound("There is no section of that name.")
    return row


def _columns(wanted: WantedMeter) -> dict[str, object]:
    return {**asdict(wanted), "name": wanted.name.strip(), "window_kind": wanted.window_kind.value}


def _meter(session: Session, publisher_id: int, meter_id: int) -> Meter:
    row = session.scalar(select(Meter).where(Meter.publisher_id == publisher_id, Meter.id == meter_id))
    if row is None:
        raise NotFound("There is no meter of that number.")
    return row


def _meters(session: Session, publisher_id: int) -> list[Meter]:
    return list(session.scalars(select(Meter).where(Meter.publisher_id == publisher_id)))


def _refuse_odd(wanted: WantedMeter, meters: list[Meter], own_id: int | None) -> None:
    name = wanted.name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadInput("name", f"Give the meter a name of at most {LONGEST_NAME} characters.")
    if any(one.name == name and one.id != own_id for one in meters):
        raise BadInput("name", "Another meter has this name.")
    for field in ("visitor_allowance", "reader_allowance"):
        if not 0 <= getattr(wanted, field) <= MOST_ALLOWED:
            raise BadInput(field, f"Give a whole number from 0 to {MOST_ALLOWED:,}.")
    _refuse_odd_days(wanted)


def _refuse_odd_days(wanted: WantedMeter) -> None:
    if wanted.window_kind is not WindowKind.ROLLING:
        if wanted.rolling_days is not None:
            raise BadInput("rolling_days", "Only a rolling window has days: leave them out, or choose it.")
    elif wanted.rolling_days is None or not 1 <= wanted.rolling_days <= MOST_ROLLING_DAYS:
        raise BadInput("rolling_days", f"Give the days of a rolling window, from 1 to {MOST_ROLLING_DAYS}.")
