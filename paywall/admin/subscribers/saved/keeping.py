"""Saving a view, listing them, taking one away; in the caller's transaction, and in the audit."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from paywall import audit, clock
from paywall.admin.subscribers.asking.bad import BadQuestion
from paywall.admin.subscribers.asking.reading import Choices, filters_in, given_in, query_of, read_question
from paywall.admin.subscribers.saved.tables import SavedView
from paywall.database import insert_once
from paywall.errors import NotFound

LONGEST_NAME = 60
MOST_VIEWS = 30


def save_view(session: Session, publisher_id: int, name: str, query: str, choices: Choices, *, actor: str) -> None:  # noqa: PLR0913 - facts of the deed
    """Keep a question under a name; raises BadQuestion for an odd or taken name, or a query that asks nothing."""
    name = _proper(name)
    filters = filters_in(given_in(query.encode()))
    read_question(filters.items(), choices)
    if not filters:
        raise BadQuestion("query", "This view shows everybody: choose a filter first.")
    if len(views_of(session, publisher_id)) >= MOST_VIEWS:
        raise BadQuestion("name", f"There are {MOST_VIEWS} views already: take one away first.")
    values = {"publisher_id": publisher_id, "name": name, "query": query_of(filters), "created_at": clock.now()}
    if not insert_once(session, SavedView, values):
        raise BadQuestion("name", "There is a view of that name already.")
    audit.write(session, publisher_id, actor, "view_saved", f"publisher:{publisher_id}", filters=sorted(filters))


def remove_view(session: Session, publisher_id: int, view_id: int, *, actor: str) -> None:
    """Take a view away; raises NotFound where this publisher has none of that id."""
    which = (SavedView.publisher_id == publisher_id, SavedView.id == view_id)
    if session.execute(delete(SavedView).where(*which).returning(SavedView.id)).first() is None:
        raise NotFound("There is no such view.")
    audit.write(session, publisher_id, actor, "view_removed", f"publisher:{publisher_id}", view=view_id)


def views_of(session: Session, publisher_id: int) -> Sequence[SavedView]:
    """Return a publisher's views by name."""
    query = select(SavedView).where(SavedView.publisher_id == publisher_id)
    return session.scalars(query.order_by(func.lower(SavedView.name), SavedView.id)).all()


def _proper(name: str) -> str:
    name = name.strip()
    if not name:
        raise BadQuestion("name", "Give the view a name.")
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise BadQuestion("name", f"Write a name of at most {LONGEST_NAME} letters.")
    return name
