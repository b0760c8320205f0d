"""Bringing the kept entries of some customers to what their books say, and the sums along with them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Executable, Table, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from paywall.business.keeping.books import batches
from paywall.business.keeping.sums import Sums, entry_of
from paywall.business.keeping.tables import FigureCohort, FigureDay, FigureEntry
from paywall.business.reckoning.values import Entry
from paywall.database import Base

_ROWS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Edition:
    """Whose figures, in which making, with days in which time zone."""

    publisher_id: int
    number: int
    zone: ZoneInfo


def bring_up(session: Session, edition: Edition, fresh: Mapping[str, Sequence[Entry]]) -> int:
    """Replace the entries of customers where they are others now; returns of how many customers they were.

    The caller holds the mark, so that nobody else does the same meanwhile.
    """
    kept = _kept(session, edition, list(fresh))
    changed = [one for one, entries in fresh.items() if sorted(kept[one], key=_order) != sorted(entries, key=_order)]
    sums = Sums(edition.zone)
    for customer in changed:
        sums.add(kept[customer], -1)
        sums.add(fresh[customer])
    mine = (FigureEntry.publisher_id == edition.publisher_id, FigureEntry.edition == edition.number)
    session.execute(delete(FigureEntry).where(*mine, FigureEntry.customer.in_(changed)))
    write_entries(session.connection(), edition, {one: fresh[one] for one in changed})
    write_sums(session.connection(), edition, sums)
    return len(changed)


def write_entries(connection: Connection, edition: Edition, entries: Mapping[str, Iterable[Entry]]) -> None:
    """Add the entries of customers who have none."""
    rows = (_row(edition, customer, one) for customer, some in entries.items() for one in some)
    for some in batches(rows, _ROWS_AT_ONCE):
        connection.execute(insert(FigureEntry), some)


def write_sums(connection: Connection, edition: Edition, sums: Sums) -> None:
    """Add sums to those that are kept."""
    head = {"publisher_id": edition.publisher_id, "edition": edition.number}
    days = [
        {**head, "currency": currency, "day": day, "kind": kind, "count": count, "amount_minor": amount}
        for (currency, day, kind), count, amount in sorted(sums.days)
    ]
    cohorts = [
        {**head, "currency": currency, "cohort": cohort, "month": month, "change": change}
        for (currency, cohort, month), change in sorted(sums.cohorts.items())
        if change
    ]
    for some in batches(days, _ROWS_AT_ONCE):
        connection.execute(_adding(connection, FigureDay, "count", "amount_minor"), some)
    for some in batches(cohorts, _ROWS_AT_ONCE):
        connection.execute(_adding(connection, FigureCohort, "change"), some)


def _kept(session: Session, edition: Edition, customers: list[str]) -> defaultdict[str, list[Entry]]:
    columns = (FigureEntry.customer, FigureEntry.kind, FigureEntry.currency, FigureEntry.at, FigureEntry.amount_minor)
    mine = (FigureEntry.publisher_id == edition.publisher_id, FigureEntry.edition == edition.number)
    found: defaultdict[str, list[Entry]] = defaultdict(list)
    for row in session.execute(select(*columns).where(*mine, FigureEntry.customer.in_(customers))):
        found[row.customer].append(entry_of(row.kind, row.currency, row.at, row.amount_minor))
    return found


def _order(one: Entry) -> tuple[object, ...]:
    return one.at, one.kind.value, one.currency, one.amount_minor


def _row(edition: Edition, customer: str, one: Entry) -> dict[str, Any]:
    return {
        "publisher_id": edition.publisher_id,
        "edition": edition.number,
        "customer": customer,
        "currency": one.currency,
        "kind": one.kind.value,
        "at": one.at,
        "amount_minor": one.amount_minor,
    }


def _adding(connection: Connection, table: type[Base], *columns: str) -> Executable:
    """Return the statement that inserts rows, or adds their numbers to those that are there."""
    ours = cast(Table, table.__table__)
    if connection.dialect.name == "sqlite":
        lite = sqlite.insert(ours)
        sums = {name: ours.c[name] + lite.excluded[name] for name in columns}
        return lite.on_conflict_do_update(index_elements=list(ours.primary_key), set_=sums)
    post = postgresql.insert(ours)
    sums = {name: ours.c[name] + post.excluded[name] for name in columns}
    return post.on_conflict_do_update(index_elements=list(ours.primary_key), set_=sums)
