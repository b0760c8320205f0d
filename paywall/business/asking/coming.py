"""What is to come: the renewals of the next days."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paywall.business.asking.figures import Desk
from paywall.business.keeping.tables import FigureDay, FigureEntry
from paywall.business.reckoning.values import Kind
from paywall.database import sum_of

DAYS = 30


@dataclass(frozen=True, slots=True)
class DueDay:
    """The payments that are to be made on one day; amounts in minor units, tax included."""

    day: date
    count: int
    amount_minor: int


def renewals_due(session: Session, desk: Desk, currency: str) -> list[DueDay]:
    """Return the rest of today and the 29 days behind it, also those without a renewal."""
    days = {desk.today + timedelta(days=number): (0, 0) for number in range(DAYS)}
    mine = (FigureDay.publisher_id == desk.publisher_id, FigureDay.edition == desk.edition)
    which = (FigureDay.currency == currency, FigureDay.day.in_(list(days)[1:]), FigureDay.kind == Kind.DUE)
    for row in session.execute(select(FigureDay.day, FigureDay.count, FigureDay.amount_minor).where(*mine, *which)):
        days[row[0]] = (row[1], row[2])
    days[desk.today] = _today(session, desk, currency)
    return [DueDay(day, *due) for day, due in days.items()]


def _today(session: Session, desk: Desk, currency: str) -> tuple[int, int]:
    mine = (FigureEntry.publisher_id == desk.publisher_id, FigureEntry.edition == desk.edition)
    which = (FigureEntry.at > desk.now, FigureEntry.at < desk.tomorrow_at, FigureEntry.kind == Kind.DUE)
    sums = select(func.count(), sum_of(FigureEntry.amount_minor))
    count, amount = session.execute(sums.where(*mine, *which, FigureEntry.currency == currency)).one()
    return count, amount
