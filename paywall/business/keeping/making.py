"""Making the figures anew from all the books, beside those that are shown, which go on being shown until it is done."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from paywall import clock
from paywall.billing.subscriptions.tables import Subscription
from paywall.business.keeping.books import books_left, books_of, customers_after, orphans_after
from paywall.business.keeping.entries import Edition, write_entries, write_sums
from paywall.business.keeping.sums import Sums
from paywall.business.keeping.tables import FigureCohort, FigureDay, FigureEntry, FigureMark
from paywall.business.reckoning.rules import entries_of
from paywall.business.reckoning.values import Book, Entry
from paywall.database import Database
from paywall.publishers.rules import Profile

OVERLAP = timedelta(minutes=2)
"""What was synced so lately is looked at again: its transaction may have been slow to end."""
_CUSTOMERS_AT_ONCE = 500
_FORGET_AT_ONCE = 20_000

Listener = Callable[[int], object]
"""Hears how many customers more are done."""


def count_customers(session: Session, publisher_id: int) -> int:
    """Return how many customers a publisher has or had."""
    mine = Subscription.publisher_id == publisher_id
    return session.scalar(select(func.count(Subscription.customer_id.distinct())).where(mine)) or 0


def never() -> bool:
    """Say that nobody stops."""
    return False


def make_figures(
    database: Database, profile: Profile, listener: Listener = int, is_stopping: Callable[[], bool] = never
) -> int:
    """Make them anew and show them; returns of how many customers. A making that began later wins over this one.

    Where somebody stops it, nothing of it is shown, and the next that is shown takes it away.
    """
    began_at = clock.wall()
    with database.reading() as session:
        mark = session.get(FigureMark, profile.id)
    number = max(int(began_at.timestamp() * 1000), mark.edition + 1 if mark else 0)
    edition = Edition(profile.id, number, ZoneInfo(profile.timezone))
    sums, done = Sums(edition.zone), 0
    for entries in _all_entries(database, edition):
        if is_stopping():
            return done
        for some in entries.values():
            sums.add(some)
        with database.adding() as connection:
            write_entries(connection, edition, entries)
        done += len(entries)
        listener(len(entries))
    with database.adding() as connection:
        write_sums(connection, edition, sums)
    shown = _show(database, edition, profile.timezone, began_at)
    _forget_before(database, profile.id, shown)
    return done


@dataclass(frozen=True, slots=True)
class _Part:
    """One way to go through the books: which names there are, and what they stand for."""

    names: Callable[[int, str, int], Select[str]]
    books: Callable[[Session, Sequence[str]], dict[str, list[Book]]]


def _all_entries(database: Database, edition: Edition) -> Iterator[Mapping[str, list[Entry]]]:
    """Yield the entries of all customers, some at a time, in short reads."""

    def opened(session: Session, names: Sequence[str]) -> dict[str, list[Book]]:
        return books_of(session, edition.publisher_id, names)

    for part in (_Part(customers_after, opened), _Part(orphans_after, books_left)):
        after = ""
        while True:
            with database.reading() as session:
                names = session.scalars(part.names(edition.publisher_id, after, _CUSTOMERS_AT_ONCE)).all()
                books = part.books(session, names) if names else {}
            if not names:
                break
            after = names[-1]
            yield {name: entries_of(some) for name, some in books.items()}


def _show(database: Database, edition: Edition, timezone: str, began_at: datetime) -> int:
    """Have the pages show this edition, unless a later one is there; returns which one is shown."""
    with database.writing() as session:
        mark = session.scalar(
            select(FigureMark).where(FigureMark.publisher_id == edition.publisher_id).with_for_update()
        )
        if mark is None:
            mark = FigureMark(publisher_id=edition.publisher_id, edition=0)
            session.add(mark)
        if mark.edition < edition.number:
            mark.edition, mark.timezone = edition.number, timezone
            mark.synced_to, mark.as_of = began_at - OVERLAP, began_at
        return mark.edition


def _forget_before(database: Database, publisher_id: int, edition: int) -> None:
    """Take earlier editions away, a part at a time."""
    old = (FigureEntry.publisher_id == publisher_id, FigureEntry.edition < edition)
    some = select(FigureEntry.id).where(*old).limit(_FORGET_AT_ONCE).scalar_subquery()
    gone = _FORGET_AT_ONCE
    while gone:
        with database.adding() as connection:
            gone = connection.execute(delete(FigureEntry).where(FigureEntry.id.in_(some))).rowcount
    with database.adding() as connection:
        for table in (FigureDay, FigureCohort):
            connection.execute(delete(table).where(table.publisher_id == publisher_id, table.edition < edition))
