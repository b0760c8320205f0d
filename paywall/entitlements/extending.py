"""Carrying rights to read over while their source can't be asked."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from paywall.entitlements.history.noting import note_turn
from paywall.entitlements.rules import Source
from paywall.entitlements.tables import EntitlementRow
from paywall.readers.finding import hold_reader


def extend(
    session: Session, source_ids: Select[str], now: datetime, slack: timedelta, longer: timedelta
) -> list[EntitlementRow]:
    """Give subscriptions of `source_ids` that run out within `slack` the `longer` one; returns those that were.

    Each is carried over once: only what ends exactly `slack` after what is paid for is taken.
    """
    extended = list(_running_out(session, source_ids, now, slack))
    for row in extended:
        before = row.value
        row.valid_until += longer - slack
        note_turn(session, row.publisher_id, before, row.value, now)
    return extended


def _running_out(
    session: Session, source_ids: Select[str], now: datetime, slack: timedelta
) -> Iterator[EntitlementRow]:
    which = (
        EntitlementRow.source == Source.SUBSCRIPTION.value,
        EntitlementRow.valid_until > now,
        EntitlementRow.valid_until <= now + slack,
        EntitlementRow.source_id.in_(source_ids),
    )
    for row in _held(session, which):
        if row.paid_through_at and row.valid_until == row.paid_through_at + slack:
            yield row


def _held(session: Session, which: tuple[ColumnElement[bool], ...]) -> Iterator[EntitlementRow]:
    """Yield the rows, each held after its reader, as everybody does who changes a right."""
    found = session.execute(select(EntitlementRow.reader_id, EntitlementRow.id).where(*which))
    for reader_id, row_id in sorted((one[0], one[1]) for one in found):
        hold_reader(session, reader_id)
        row = session.scalar(select(EntitlementRow).where(EntitlementRow.id == row_id, *which).with_for_update())
        if row is not None:
            yield row
