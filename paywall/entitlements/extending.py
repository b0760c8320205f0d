"""Carrying rights to read over while their source can't be asked."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from paywall.entitlements.rules import Source
from paywall.entitlements.tables import EntitlementRow


def extend(
    session: Session, source_ids: Select[str], now: datetime, slack: timedelta, longer: timedelta
) -> list[EntitlementRow]:
    """Give subscriptions of `source_ids` that run out within `slack` the `longer` one; returns those that were.

    Each is carried over once: only what ends exactly `slack` after what is paid for is taken.
    """
    extended = list(_running_out(session, source_ids, now, slack))
    for row in extended:
        row.valid_until += longer - slack
    return extended


def _running_out(
    session: Session, source_ids: Select[str], now: datetime, slack: timedelta
) -> Iterator[EntitlementRow]:
    query = select(EntitlementRow).where(
        EntitlementRow.source == Source.SUBSCRIPTION.value,
        EntitlementRow.valid_until > now,
        EntitlementRow.valid_until <= now + slack,
        EntitlementRow.source_id.in_(source_ids),
    )
    for row in session.scalars(query.with_for_update()):
        if row.paid_through_at and row.valid_until == row.paid_through_at + slack:
            yield row
