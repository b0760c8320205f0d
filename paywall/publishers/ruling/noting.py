"""What every change of a publisher's rules leaves behind: every process hears of it, the audit has it."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from paywall import audit, changes
from paywall.changes import ChangeKind
from paywall.database import Base


def note(session: Session, publisher_id: int, actor: str, action: str, **more: object) -> None:
    """Note a change in the caller's transaction."""
    changes.record(session, publisher_id, ChangeKind.PUBLISHER, publisher_id)
    audit.write(session, publisher_id, actor, action, f"publisher:{publisher_id}", **more)
    session.flush()


def bring_to(row: Base, wanted: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """Set the row's columns to what is wanted; returns what was different: `before` and `after`, as plain data."""
    different = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    before = {name: plain(getattr(row, name)) for name in different}
    for name, value in different.items():
        setattr(row, name, value)
    return {"before": before, "after": {name: plain(value) for name, value in different.items()}} if different else {}


def plain(value: object) -> object:
    """Return a value as the audit may hold it."""
    return value if value is None or isinstance(value, (bool, int)) else str(value)
