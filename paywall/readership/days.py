"""The counts of each day: added to as views and steps come in, summed for any period."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, Executable, Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from paywall.database import sum_of
from paywall.readership.rules import Dimension
from paywall.readership.tables import ReadDay

MEASURES = ("views", "walls", "sign_ups", "checkouts", "paid")
MOST_HOSTS = 50
"""Hosts of one flush that are kept by name: whoever makes hosts up does not fill the table."""
OTHER_HOSTS = "(other)"


class Place(NamedTuple):
    """One row of counts."""

    publisher_id: int
    day: date
    dimension: Dimension
    which: str


class Funnel(NamedTuple):
    """What happened in a period: views of articles that are not free, walls among them, and the steps after."""

    which: str
    views: int = 0
    walls: int = 0
    sign_ups: int = 0
    checkouts: int = 0
    paid: int = 0

    def and_also(self, other: "Funnel") -> "Funnel":
        """Return both together, under this one's name."""
        return Funnel(self.which, *(mine + theirs for mine, theirs in zip(self[1:], other[1:], strict=True)))


class Counts:
    """Counts that are yet to be added to the table."""

    def __init__(self) -> None:
        self._of: dict[Place, Counter[str]] = {}

    def add(self, publisher_id: int, day: date, article_id: int | None, host: str | None, **measures: int) -> None:
        """Count something for an article and for a referrer's host."""
        article = "" if article_id is None else str(article_id)
        for dimension, which in ((Dimension.ARTICLE, article), (Dimension.REFERRER, host or "")):
            self._at(Place(publisher_id, day, dimension, which)).update(measures)

    def lose(self, publisher_id: int, day: date, views: int) -> None:
        """Count views that were not written."""
        self._at(Place(publisher_id, day, Dimension.LOST, "")).update(views=views)

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows to add, in an order that is the same for everybody: two that add never wait in a ring."""
        places: dict[Place, Counter[str]] = {}
        named = self._hosts_to_name()
        for place, counter in self._of.items():
            if place.dimension is Dimension.REFERRER and place.which not in named:
                place = place._replace(which=OTHER_HOSTS)  # noqa: PLW2901 - the same counts, elsewhere
            places.setdefault(place, Counter()).update(counter)
        return [
            {**place._asdict(), **{measure: counter[measure] for measure in MEASURES}}
            for place, counter in sorted(places.items())
        ]

    def _at(self, place: Place) -> Counter[str]:
        return self._of.setdefault(place, Counter())

    def _hosts_to_name(self) -> set[str]:
        often: Counter[str] = Counter()
        for place, counter in self._of.items():
            if place.dimension is Dimension.REFERRER:
                often[place.which] += counter["views"] + counter["sign_ups"]
        return {host for host, _ in often.most_common(MOST_HOSTS)} | {""}


def add_counts(connection: Connection, counts: Counts) -> None:
    """Add counts to what the table has."""
    rows = counts.rows()
    if rows:
        connection.execute(_adding(connection.dialect.name), rows)


def funnels(session: Session, publisher_id: int, first: date, last: date, dimension: Dimension) -> list[Funnel]:
    """Return the sums of the days from `first` to `last`, both included, for each article or host; most walls first."""
    sums = [sum_of(getattr(ReadDay, measure)) for measure in MEASURES]
    mine = (ReadDay.publisher_id == publisher_id, ReadDay.day.between(first, last), ReadDay.dimension == dimension)
    found = session.execute(select(ReadDay.which, *sums).where(*mine).group_by(ReadDay.which))
    lines = [Funnel(row[0], *map(int, row[1:])) for row in found]
    return sorted(lines, key=lambda line: (-line.walls, -line.views, line.which))


def by_day(session: Session, publisher_id: int, first: date, last: date) -> list[Funnel]:
    """Return the sums of each day that has any, the first day first; `which` is the day as `2026-11-24`."""
    sums = [sum_of(getattr(ReadDay, measure)) for measure in MEASURES]
    mine = (ReadDay.publisher_id == publisher_id, ReadDay.day.between(first, last))
    # every count is there once for an article, and once more for a referrer
    query = select(ReadDay.day, *sums).where(*mine, ReadDay.dimension == Dimension.REFERRER)
    found = session.execute(query.group_by(ReadDay.day).order_by(ReadDay.day))
    return [Funnel(row[0].isoformat(), *map(int, row[1:])) for row in found]


def total(lines: Iterable[Funnel]) -> Funnel:
    """Return all lines together."""
    sum_of_all = Funnel("")
    for line in lines:
        sum_of_all = sum_of_all.and_also(line)
    return sum_of_all


def lost_views(session: Session, publisher_id: int, first: date, last: date) -> int:
    """Return how many views of those days were answered and not written."""
    mine = (ReadDay.publisher_id == publisher_id, ReadDay.day.between(first, last))
    query = select(sum_of(ReadDay.views)).where(*mine, ReadDay.dimension == Dimension.LOST)
    return session.scalar(query) or 0


def grouped(lines: Sequence[Funnel], name_of: dict[str, str], otherwise: str) -> list[Funnel]:
    """Return the lines summed under other names; what has none goes under `otherwise`."""
    sums: dict[str, Funnel] = {}
    for line in lines:
        name = name_of.get(line.which, otherwise)
        sums[name] = sums.get(name, Funnel(name)).and_also(line)
    return sorted(sums.values(), key=lambda line: (-line.walls, -line.views, line.which))


@cache
def _adding(dialect_name: str) -> Executable:
    insert = sqlite.insert if dialect_name == "sqlite" else postgresql.insert
    statement = insert(cast(Table, ReadDay.__table__))
    added = {measure: getattr(ReadDay, measure) + statement.excluded[measure] for measure in MEASURES}
    keys = ["publisher_id", "day", "dimension", "which"]
    return cast(Executable, statement.on_conflict_do_update(index_elements=keys, set_=added))
