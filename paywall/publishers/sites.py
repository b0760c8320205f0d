"""A publisher's sites elsewhere: its articles live there, their pages may ask, and readers are sent back there."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from paywall import audit, changes
from paywall.changes import ChangeKind
from paywall.errors import NotFound
from paywall.publishers.keys.rules import parse_origin
from paywall.publishers.tables import PublisherSite


def add_site(session: Session, publisher_id: int, origin: str, *, actor: str) -> str:
    """Add a site by its origin, and return that as it is kept; raises BadInput. Adding it again changes nothing."""
    site = parse_origin(origin)
    if site not in _origins(session, publisher_id):
        session.add(PublisherSite(publisher_id=publisher_id, origin=site))
        _note(session, publisher_id, actor, "site_added", site)
    return site


def remove_site(session: Session, publisher_id: int, origin: str, *, actor: str) -> None:
    """Take a site away; raises BadInput or NotFound."""
    site = parse_origin(origin)
    mine = (PublisherSite.publisher_id == publisher_id) & (PublisherSite.origin == site)
    if session.execute(delete(PublisherSite).where(mine).returning(PublisherSite.id)).first() is None:
        raise NotFound(f"{site} is none of the sites.")
    _note(session, publisher_id, actor, "site_removed", site)


def _origins(session: Session, publisher_id: int) -> set[str]:
    return set(session.scalars(select(PublisherSite.origin).where(PublisherSite.publisher_id == publisher_id)))


def _note(session: Session, publisher_id: int, actor: str, action: str, site: str) -> None:
    changes.record(session, publisher_id, ChangeKind.PUBLISHER, publisher_id)
    audit.write(session, publisher_id, actor, action, f"publisher:{publisher_id}", site=site)
