"""Making a publisher with what it can't be without: a host name and a default meter."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from paywall import changes
from paywall.publishers.profiles import publisher_by_slug
from paywall.publishers.tables import Meter, Publisher, PublisherHost, Section


@dataclass(frozen=True, slots=True)
class NewPublisher:
    """What must be known of a publisher to set it up; allowances are distinct articles a calendar month."""

    slug: str
    name: str
    host: str
    timezone: str = "UTC"
    description: str = ""
    contact_email: str = ""
    visitor_allowance: int = 5
    reader_allowance: int = 10

    def at(self, host: str) -> "NewPublisher":
        """Return the same publisher at another host."""
        return replace(self, host=host)


def set_up_publisher(session: Session, new: NewPublisher) -> Publisher:
    """Make the publisher, or give an existing one of the same slug this host as well; returns it flushed."""
    publisher = publisher_by_slug(session, new.slug)
    if publisher is None:
        publisher = _make(new)
        session.add(publisher)
    if new.host not in {host.host for host in publisher.hosts}:
        publisher.hosts.append(PublisherHost(host=new.host))
    session.flush()
    changes.record(session, publisher.id, changes.ChangeKind.PUBLISHER, publisher.id)
    return publisher


def answer_only_at(session: Session, publisher: Publisher, hosts: list[str]) -> None:
    """Make `hosts` all the host names there are, the first one canonical."""
    if [host.host for host in publisher.hosts] == hosts:
        return
    publisher.hosts.clear()
    session.flush()
    publisher.hosts.extend(PublisherHost(host=host) for host in hosts)
    session.flush()
    changes.record(session, publisher.id, changes.ChangeKind.PUBLISHER, publisher.id)


def ensure_section(session: Session, publisher: Publisher, slug: str, name: str, description: str = "") -> Section:
    """Return the publisher's section of that slug, made at the end of the list if it is new."""
    for section in publisher.sections:
        if section.slug == slug:
            return section
    section = Section(slug=slug, name=name, description=description, position=len(publisher.sections))
    publisher.sections.append(section)
    session.flush()
    return section


def _make(new: NewPublisher) -> Publisher:
    meter = Meter(
        name="default",
        is_default=True,
        visitor_allowance=new.visitor_allowance,
        reader_allowance=new.reader_allowance,
    )
    return Publisher(
        slug=new.slug,
        name=new.name,
        timezone=new.timezone,
        description=new.description,
        contact_email=new.contact_email,
        meters=[meter],
    )
