"""Comparisons with Stripe as an admin sees them: when, how far, and what had drifted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select, true
from sqlalchemy.orm import Session

from paywall.billing.checkout.tables import Customer
from paywall.billing.reconciling.looking import Drift
from paywall.billing.reconciling.tables import Comparison, DriftRow
from paywall.billing.subscriptions.tables import Subscription
from paywall.errors import NotFound
from paywall.publishers.tables import Publisher

MOST_DRIFTS = 500


@dataclass(frozen=True, slots=True)
class Report:
    """One comparison of the whole Stripe account; times are business time. `drifts` are the publisher's own."""

    number: int
    started_at: datetime
    finished_at: datetime | None
    is_dry: bool
    compared: int
    foreign: int
    drifts: int


def reports(session: Session, publisher_id: int, most: int) -> list[Report]:
    """Return the latest comparisons, newest first."""
    rows = session.scalars(select(Comparison).order_by(Comparison.id.desc()).limit(most)).all()
    drifted = _counts(session, publisher_id, [row.id for row in rows])
    return [_report(row, drifted.get(row.id, 0)) for row in rows]


def report(session: Session, publisher_id: int, number: int) -> tuple[Report, list[Drift]]:
    """Return a comparison with the publisher's drifts, at most `MOST_DRIFTS`; raises NotFound."""
    row = session.get(Comparison, number)
    if row is None:
        raise NotFound("There was no such comparison.")
    mine = select(DriftRow).where(DriftRow.comparison_id == number, _belongs_to(session, publisher_id))
    found = session.scalars(mine.order_by(DriftRow.id).limit(MOST_DRIFTS))
    drifts = [Drift(one.subject, one.what, one.ours, one.theirs, one.outcome) for one in found]
    return _report(row, _counts(session, publisher_id, [number]).get(number, 0)), drifts


def _counts(session: Session, publisher_id: int, numbers: Sequence[int]) -> dict[int, int]:
    here = (DriftRow.comparison_id.in_(numbers), _belongs_to(session, publisher_id))
    rows = session.execute(select(DriftRow.comparison_id, func.count()).where(*here).group_by(DriftRow.comparison_id))
    return {row[0]: row[1] for row in rows}


def _belongs_to(session: Session, publisher_id: int) -> ColumnElement[bool]:
    """Return the condition that a drift is a publisher's; what nobody knows is shown where there is only one."""
    if session.scalar(select(func.count(Publisher.id))) == 1:
        return true()
    bought = exists().where(Subscription.stripe_id == DriftRow.subject, Subscription.publisher_id == publisher_id)
    return or_(bought, exists().where(Customer.stripe_id == DriftRow.subject, Customer.publisher_id == publisher_id))


def _report(row: Comparison, drifts: int) -> Report:
    return Report(row.id, row.started_at, row.finished_at, row.is_dry, row.compared, row.foreign, drifts)
