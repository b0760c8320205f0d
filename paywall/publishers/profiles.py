"""Publishers' profiles, kept in each process's memory and forgotten when a change is heard of."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from paywall.changes import Change, ChangeKind
from paywall.database import Database
from paywall.errors import NotFound, UnknownHost
from paywall.publishers.rules import Invitation, MeterRules, Profile, SectionRules, WindowKind
from paywall.publishers.tables import Meter, Publisher, Section, publisher_id_by_host


class Profiles:
    """Answers "who is the publisher at this host?" from memory. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._by_host: dict[str, Profile] = {}
        self._by_id: dict[int, Profile] = {}

    def at_host(self, host: str) -> Profile:
        """Return the publisher that answers to `host` (`host:port` where unusual); raises UnknownHost."""
        profile = self._by_host.get(host)
        if profile is None:
            with self._database.reading() as session:
                publisher_id = publisher_id_by_host(session, host.lower())
            if publisher_id is None:
                raise UnknownHost
            profile = self.of(publisher_id)
            if host in profile.hosts:  # other spellings are not kept: they have no end
                self._by_host[host] = profile
        return profile

    def of(self, publisher_id: int) -> Profile:
        """Return the publisher of that id."""
        profile = self._by_id.get(publisher_id)
        if profile is None:
            with self._database.reading() as session:
                profile = read_profile(session, publisher_id)
            self._by_id[publisher_id] = profile
        return profile

    def hear(self, change: Change) -> None:
        """Forget a publisher whose settings have changed."""
        if change.kind is ChangeKind.PUBLISHER:
            self._by_id.pop(change.publisher_id, None)
            self._by_host = {host: p for host, p in self._by_host.items() if p.id != change.publisher_id}


def publisher_by_slug(session: Session, slug: str) -> Publisher | None:
    """Return the publisher of that slug."""
    return session.scalar(select(Publisher).where(Publisher.slug == slug))


def choose(database: Database, slug: str | None) -> Profile:
    """Return the publisher of that slug, or the only one there is; raises NotFound with advice."""
    with database.reading() as session:
        rows = session.scalars(select(Publisher).order_by(Publisher.id)).all()
        fitting = [row for row in rows if slug in (None, row.slug)]
        if len(fitting) == 1:
            return read_profile(session, fitting[0].id)
    known = ", ".join(row.slug for row in rows)
    raise NotFound(
        f"Name a publisher: {known}." if rows else "There is no publisher yet: run `paywall publisher set-up`."
    )


def all_profiles(database: Database) -> list[Profile]:
    """Return every publisher there is, the oldest first."""
    with database.reading() as session:
        return [
            read_profile(session, number) for number in session.scalars(select(Publisher.id).order_by(Publisher.id))
        ]


def read_profile(session: Session, publisher_id: int) -> Profile:
    """Read a publisher and all that belongs to it into one value."""
    row = session.get_one(Publisher, publisher_id)
    meters = tuple(_meter(meter) for meter in row.meters)
    default = next(meter.id for meter in row.meters if meter.is_default)
    return Profile(
        id=row.id,
        slug=row.slug,
        name=row.name,
        description=row.description,
        timezone=row.timezone,
        language=row.language,
        accent=row.accent,
        contact_email=row.contact_email,
        hosts=tuple(host.host for host in row.hosts),
        registration_wall=row.registration_wall,
        wall_lifted_until=row.wall_lifted_until,
        network_cap_factor=row.network_cap_factor,
        preview_words=row.preview_words,
        invitation=Invitation(row.invitation_headline, row.invitation_text, row.invitation_button),
        default_meter=next(meter for meter in meters if meter.id == default),
        meters=meters,
        sections=tuple(_section(section) for section in row.sections),
        sites=tuple(site.origin for site in row.sites),
        edge_secret_number=row.edge_secret_number,
        crawlers=dict(row.crawlers),
    )


def _meter(row: Meter) -> MeterRules:
    return MeterRules(
        row.id, row.name, row.visitor_allowance, row.reader_allowance, WindowKind(row.window_kind), row.rolling_days
    )


def _section(row: Section) -> SectionRules:
    return SectionRules(row.slug, row.name, row.description, row.meter_id, row.wall_lifted_until)
