"""What a publisher lets crawlers have. Which crawlers there are, and what they get unsaid, the gate knows."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from paywall import audit, changes
from paywall.changes import ChangeKind
from paywall.publishers.tables import Publisher


def set_crawlers(session: Session, publisher_id: int, wanted: Mapping[str, str], *, actor: str) -> None:
    """Keep what is said of crawlers (`full` or `preview`) and of groups of them (robots.txt); the rest stays."""
    row = session.get_one(Publisher, publisher_id)
    row.crawlers = {**row.crawlers, **wanted}
    changes.record(session, publisher_id, ChangeKind.PUBLISHER, publisher_id)
    audit.write(session, publisher_id, actor, "crawlers_set", f"publisher:{publisher_id}", **wanted)
