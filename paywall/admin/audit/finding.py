"""Entries of one publisher's audit, newest first: a page of them, one of them, all of them for a file."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session

from paywall.admin.audit.asking import Question
from paywall.admin.ground.cursors import NumberedPage, by_number
from paywall.audit import AuditEntry
from paywall.database import Database
from paywall.errors import NotFound

AT_ONCE = 1_000
Entry = Row[*tuple[Any, ...]]
"""id, at, actor, action, subject, network, detail."""


def find_entries(session: Session, publisher_id: int, question: Question, word: str) -> NumberedPage:
    """Return a page; `word` is what the address line says of it. Raises BadPage."""
    return by_number(session, _matching(publisher_id, question), word)


def newest_entries(session: Session, publisher_id: int, most: int) -> Sequence[Entry]:
    """Return what was done last."""
    return session.execute(_matching(publisher_id, Question()).order_by(AuditEntry.id.desc()).limit(most)).all()


def find_entry(session: Session, publisher_id: int, entry_id: int) -> Entry:
    """Return one entry; raises NotFound."""
    row = session.execute(_matching(publisher_id, Question()).where(AuditEntry.id == entry_id)).first()
    if row is None:
        raise NotFound("The audit has no entry of that number.")
    return row


def all_entries(database: Database, publisher_id: int, question: Question) -> Iterator[Entry]:
    """Yield every entry that matches, newest first, in short reads of their own."""
    query = _matching(publisher_id, question).order_by(AuditEntry.id.desc()).limit(AT_ONCE)
    rows: Sequence[Entry] = []
    while True:
        with database.reading() as session:
            further = query.where(AuditEntry.id < rows[-1].id) if rows else query
            rows = session.execute(further).all()
        yield from rows
        if len(rows) < AT_ONCE:
            return


def actions_done(session: Session, publisher_id: int) -> list[str]:
    """Return every kind of deed that the audit has, by name; each costs one look into an index."""
    theirs = AuditEntry.publisher_id == publisher_id
    kinds = select(func.min(AuditEntry.action).label("action")).where(theirs).cte("kinds", recursive=True)
    later = select(func.min(AuditEntry.action)).where(theirs, AuditEntry.action > kinds.c.action).scalar_subquery()
    kinds = kinds.union_all(select(later).where(kinds.c.action.is_not(None)))
    return [one for one in session.scalars(select(kinds.c.action)) if one is not None]


def _matching(publisher_id: int, question: Question) -> Select[*tuple[Any, ...]]:
    entry = AuditEntry
    columns = (entry.id, entry.at, entry.actor, entry.action, entry.subject, entry.network, entry.detail)
    return select(*columns).where(entry.publisher_id == publisher_id, *_conditions(question))


def _conditions(question: Question) -> Iterator[ColumnElement[bool]]:
    if question.action:
        yield AuditEntry.action == question.action
    if question.actors:
        yield AuditEntry.actor.in_(question.actors)
    if question.subjects:
        yield AuditEntry.subject.in_(question.subjects)
    if question.span.begins_at is not None:
        yield AuditEntry.at >= question.span.begins_at
    if question.span.ends_at is not None:
        yield AuditEntry.at < question.span.ends_at
