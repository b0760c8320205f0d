"""Giving up the secret that a publisher's web servers check readers by; the next one holds from then on."""

from sqlalchemy.orm import Session

from paywall import audit, changes
from paywall.changes import ChangeKind
from paywall.publishers.tables import Publisher


def give_up_edge_secret(session: Session, publisher_id: int, *, actor: str) -> int:
    """Have new edge passes signed with another secret; returns its number.

    Until it stands in the web server's configuration, the server asks us about every page, as it does for visitors.
    """
    publisher = session.get_one(Publisher, publisher_id, with_for_update={"key_share": True})
    publisher.edge_secret_number += 1
    changes.record(session, publisher_id, ChangeKind.PUBLISHER, publisher_id)
    audit.write(session, publisher_id, actor, "edge_secret_given_up", f"publisher:{publisher_id}")
    return publisher.edge_secret_number
