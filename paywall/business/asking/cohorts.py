"""Cohorts: of those who first paid in a month, how many still pay at the end of that month and of each behind it."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from sqlalchemy import select
from sqlalchemy.orm import Session

from paywall.business.asking.figures import Desk
from paywall.business.asking.periods import Period, month_of, months_on
from paywall.business.keeping.tables import FigureCohort, FigureDay
from paywall.business.reckoning.values import Kind
from paywall.database import sum_of

MOST = 24


@dataclass(frozen=True, slots=True)
class Cohort:
    """Those of one month; `left[n]` is how many pay at the end of the nth month behind it, for months that are over."""

    month: date
    joined: int
    left: tuple[int, ...]


def cohorts_of(session: Session, desk: Desk, currency: str, period: Period) -> list[Cohort]:
    """Return the cohorts of the months of a period, oldest first; of a longer one, the last 24."""
    last = month_of(desk.today if period.ends > desk.today else period.spans[-1].begins)
    first = max(month_of(period.begins), months_on(last, 1 - MOST))
    joined, changes = _joined(session, desk, currency, first), _changes(session, desk, currency, first)
    found = []
    for number in range(_distance(first, last) + 1):
        month = months_on(first, number)
        over = [months_on(month, behind) for behind in range(_distance(month, month_of(desk.today)))]
        left = tuple(accumulate(changes[month, one] for one in over[:MOST]))
        found.append(Cohort(month, joined[month], left))
    return [one for one in found if one.joined]


def _joined(session: Session, desk: Desk, currency: str, first: date) -> Counter[date]:
    mine = (FigureDay.publisher_id == desk.publisher_id, FigureDay.edition == desk.edition)
    which = (FigureDay.currency == currency, FigureDay.day >= first, FigureDay.kind == Kind.NEW)
    joined: Counter[date] = Counter()
    for day, count in session.execute(select(FigureDay.day, FigureDay.count).where(*mine, *which)):
        if day <= desk.today:
            joined[month_of(day)] += count
    return joined


def _changes(session: Session, desk: Desk, currency: str, first: date) -> Counter[tuple[date, date]]:
    mine = (FigureCohort.publisher_id == desk.publisher_id, FigureCohort.edition == desk.edition)
    which = (FigureCohort.currency == currency, FigureCohort.cohort >= first)
    query = select(FigureCohort.cohort, FigureCohort.month, sum_of(FigureCohort.change)).where(*mine, *which)
    rows = session.execute(query.group_by(FigureCohort.cohort, FigureCohort.month))
    return Counter({(row[0], row[1]): row[2] for row in rows})


def _distance(first: date, second: date) -> int:
    return (second.year - first.year) * 12 + second.month - first.month
