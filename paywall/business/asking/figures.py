"""The figures of a period in one currency: how things stood when it began, and part by part what happened."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Executable, func, select
from sqlalchemy.orm import Session

from paywall.business.asking.periods import Period, Span
from paywall.business.keeping.tables import FigureDay, FigureEntry, FigureMark
from paywall.business.reckoning.values import ARRIVALS, DEPARTURES, MOVEMENTS, Kind
from paywall.database import sum_of

_COUNTED = (*MOVEMENTS, Kind.TRIAL_BEGUN, Kind.TRIAL_WON, Kind.TRIAL_OVER)
_SUMMED = (*_COUNTED, Kind.LATE, Kind.LATE_OVER, Kind.FAILED, Kind.RECOVERED)


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose figures, in which edition, as of when they are looked at: `now` is business time."""

    publisher_id: int
    edition: int
    zone: ZoneInfo
    now: datetime
    as_of: datetime
    """When the books were looked at last; wall time."""

    @property
    def today(self) -> date:
        """The day it is there."""
        return self.now.astimezone(self.zone).date()

    @property
    def tomorrow_at(self) -> datetime:
        """When today is over."""
        return datetime.combine(self.today + timedelta(days=1), time(), self.zone)


@dataclass(slots=True)
class Tally:
    """Entries by kind: how many, and their sum in minor units."""

    counts: Counter[Kind] = field(default_factory=Counter)
    amounts: Counter[Kind] = field(default_factory=Counter)

    def add(self, kind: Kind, count: int, amount_minor: int) -> None:
        """Add so many entries of one kind."""
        self.counts[kind] += count
        self.amounts[kind] += amount_minor


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand at a moment."""

    mrr_minor: int = 0
    subscribers: int = 0
    late_minor: int = 0
    late: int = 0
    on_trial: int = 0

    def after(self, tally: Tally) -> "Standing":
        """Return how things stand after all that a tally holds."""
        count = tally.counts
        return Standing(
            mrr_minor=self.mrr_minor + sum(tally.amounts[kind] for kind in MOVEMENTS),
            subscribers=self.subscribers + sum(count[one] for one in ARRIVALS) - sum(count[one] for one in DEPARTURES),
            late_minor=self.late_minor + tally.amounts[Kind.LATE] - tally.amounts[Kind.LATE_OVER],
            late=self.late + count[Kind.LATE] - count[Kind.LATE_OVER],
            on_trial=self.on_trial + count[Kind.TRIAL_BEGUN] - count[Kind.TRIAL_WON] - count[Kind.TRIAL_OVER],
        )


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a period: how it began, what happened, how it ended."""

    span: Span
    opening: Standing
    tally: Tally
    closing: Standing


def desk_of(session: Session, publisher_id: int, now: datetime) -> Desk | None:
    """Return where a publisher's figures are; None where they have not been made yet."""
    mark = session.get(FigureMark, publisher_id)
    return Desk(publisher_id, mark.edition, ZoneInfo(mark.timezone), now, mark.as_of) if mark else None


def currencies(session: Session, desk: Desk) -> list[str]:
    """Return the currencies in which anything was ever counted, the one with most arrivals first."""
    arrivals = func.sum(FigureDay.count).filter(FigureDay.kind.in_(sorted(ARRIVALS)))
    query = select(FigureDay.currency).where(*_mine(desk)).group_by(FigureDay.currency)
    return list(session.scalars(query.order_by(func.coalesce(arrivals, 0).desc(), FigureDay.currency)))


def parts_of(session: Session, desk: Desk, currency: str, period: Period) -> list[Part]:
    """Return the parts of a period, one behind the other: each begins as the one before has ended."""
    tallies = [Tally() for _ in period.spans]
    for day, kind, count, amount in session.execute(_days(desk, currency, period)):
        tallies[_place(period, day)].add(Kind(kind), count, amount)
    if period.ends > desk.today:
        for kind, count, amount in session.execute(_yet_to_come(desk, currency, _SUMMED)):
            tallies[-1].add(Kind(kind), -count, -amount)
    standing, parts = _opening(session, desk, currency, period), []
    for span, tally in zip(period.spans, tallies, strict=True):
        parts.append(Part(span, standing, tally, standing.after(tally)))
        standing = parts[-1].closing
    return parts


def total(parts: Iterable[Part]) -> Tally:
    """Return what happened in all parts together."""
    whole = Tally()
    for part in parts:
        whole.counts.update(part.tally.counts)
        whole.amounts.update(part.tally.amounts)
    return whole


def _opening(session: Session, desk: Desk, currency: str, period: Period) -> Standing:
    before, sums = Tally(), (sum_of(FigureDay.count), sum_of(FigureDay.amount_minor))
    which = (*_mine(desk), FigureDay.currency == currency, FigureDay.day < period.begins)
    query = select(FigureDay.kind, *sums).where(*which, FigureDay.kind.in_(_SUMMED)).group_by(FigureDay.kind)
    for kind, count, amount in session.execute(query):
        before.add(Kind(kind), count, amount)
    return Standing().after(before)


def _days(desk: Desk, currency: str, period: Period) -> Executable:
    columns = (FigureDay.day, FigureDay.kind, FigureDay.count, FigureDay.amount_minor)
    which = (FigureDay.currency == currency, FigureDay.day >= period.begins, FigureDay.day < period.ends)
    return select(*columns).where(*_mine(desk), *which, FigureDay.kind.in_(_SUMMED))


def _yet_to_come(desk: Desk, currency: str, kinds: Iterable[Kind]) -> Executable:
    """Return the query of what today has yet to bring."""
    mine = (FigureEntry.publisher_id == desk.publisher_id, FigureEntry.edition == desk.edition)
    which = (FigureEntry.at > desk.now, FigureEntry.at < desk.tomorrow_at, FigureEntry.currency == currency)
    sums = (func.count(), sum_of(FigureEntry.amount_minor))
    query = select(FigureEntry.kind, *sums).where(*mine, *which, FigureEntry.kind.in_(list(kinds)))
    return query.group_by(FigureEntry.kind)


def _mine(desk: Desk) -> tuple[Any, ...]:
    return FigureDay.publisher_id == desk.publisher_id, FigureDay.edition == desk.edition


def _place(period: Period, day: date) -> int:
    return next(number for number, span in enumerate(period.spans) if day < span.ends)
